/* Open pages load again when what the previewed gadgets are made of has changed. */
( function () {
	'use strict';
	var version = 'VERSION'; // when this page was loaded
	setInterval( function () {
		fetch( '/sallyport/preview/version', { cache: 'no-store' } ).then( function ( response ) {
			return response.ok ? response.text() : version;
		} ).then( function ( now ) {
			if ( now !== version ) {
				location.reload();
			}
		}, function () {} ); // the preview was stopped
	}, 1000 );
}() );
