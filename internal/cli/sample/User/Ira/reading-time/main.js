// A Vue gadget: the component is a page of its own.
const Vue = require( 'vue' );
const ReadingTime = require( './ReadingTime.vue' );

$( () => {
	const place = document.createElement( 'div' );
	document.querySelector( '#mw-content-text' ).before( place );
	Vue.createApp( ReadingTime, {
		words: document.querySelector( '#mw-content-text' ).textContent.split( /\s+/ ).length
	} ).mount( place );
} );
