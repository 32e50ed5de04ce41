$( function () {
	mw.util.addPortletLink( 'p-tb', '#firstHeading', 'Back to top', 't-back-to-top' );
} );
