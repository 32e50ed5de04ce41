// A package: the first script is the entry point, the others are required.
const headings = require( './headings.js' );
const words = require( './words.json' );

mw.hook( 'wikipage.content' ).add( ( $content ) => {
	for ( const { id, node } of headings.within( $content[ 0 ] ) ) {
		const link = document.createElement( 'a' );
		link.className = 'section-link';
		link.href = '#' + id;
		link.title = words[ mw.config.get( 'wgUserLanguage' ) ] || words.en;
		link.textContent = '§';
		node.append( ' ', link );
	}
} );
