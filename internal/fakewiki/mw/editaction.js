// mediawiki.action.edit: scripts that change the edit form wait for this hook.

$( () => {
	const $form = $( '#editform' );
	if ( $form.length ) {
		mw.hook( 'wikipage.editform' ).fire( $form );
	}
} );
