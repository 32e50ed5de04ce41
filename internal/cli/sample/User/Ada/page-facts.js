// Builds on a gadget of somebody else's, by its title.
const kit = require( 'User:Mara/dom-kit.gadget' );

if ( mw.config.get( 'wgArticleId' ) ) {
	new mw.Api().get( {
		action: 'query', prop: 'revisions', pageids: mw.config.get( 'wgArticleId' ),
		rvprop: 'user|timestamp', formatversion: 2
	} ).then( ( answer ) => {
		const [ last ] = answer.query.pages[ 0 ].revisions;
		const line = kit.element( 'p', 'Last changed by ', kit.element( 'b', last.user ), ', ' + last.timestamp.slice( 0, 10 ) );
		line.id = 'page-facts';
		$( () => document.querySelector( '#firstHeading' ).after( line ) );
	} );
}
