// mediawiki.page.ready: what a page does once it is there.

$( () => {
	const $content = $( '#mw-content-text' );
	if ( $content.length ) {
		mw.hook( 'wikipage.content' ).fire( $content );
	}
	const $categories = $( '.catlinks[data-mw="interface"]' );
	if ( $categories.length ) {
		mw.hook( 'wikipage.categories' ).fire( $categories );
	}
	const $diff = $( 'table.diff[data-mw="interface"]' );
	if ( $diff.length ) {
		mw.hook( 'wikipage.diff' ).fire( $diff );
	}
	mw.hook( 'wikipage.indicators' ).fire( $( '.mw-indicators' ).children() );
	$( '.mw-logout-link, #pt-logout a' ).on( 'click', ( event ) => {
		event.preventDefault();
		new mw.Api().postWithToken( 'csrf', { action: 'logout' } ).then( () => location.reload() );
	} );
} );
