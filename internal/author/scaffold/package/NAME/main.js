// The first page is where a package begins; it asks for the others by name.
const count = require( './count.js' );
const words = require( './words.json' );

mw.hook( 'wikipage.content' ).add( ( $content ) => {
	if ( document.getElementById( 't-NAME' ) ) {
		return;
	}
	const link = mw.util.addPortletLink( 'p-tb', '#', words.link, 't-NAME', words.tooltip );
	link.addEventListener( 'click', ( event ) => {
		event.preventDefault();
		mw.notify( words.answer + ' ' + count( $content.text() ) );
	} );
} );
