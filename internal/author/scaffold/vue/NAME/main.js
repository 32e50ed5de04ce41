const Vue = require( 'vue' );
const Panel = require( './Panel.vue' );

mw.hook( 'wikipage.content' ).add( ( $content ) => {
	if ( document.getElementById( 'NAME' ) ) {
		return;
	}
	const place = document.createElement( 'div' );
	place.id = 'NAME';
	$content.prepend( place );
	Vue.createMwApp( Panel ).mount( place );
} );
