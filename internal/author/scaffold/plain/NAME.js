// Adds a link to the page's tools; a click on it says how many headings the page has.
mw.hook( 'wikipage.content' ).add( ( $content ) => {
	if ( document.getElementById( 't-NAME' ) ) {
		return;
	}
	const link = mw.util.addPortletLink( 'p-tb', '#', 'Headings', 't-NAME', 'How many headings has this page?' );
	link.addEventListener( 'click', ( event ) => {
		event.preventDefault();
		mw.notify( 'Headings on this page: ' + $content.find( 'h2, h3, h4' ).length );
	} );
} );
