const api = new mw.Api();
// ruleid: edit-without-summary
// ok: edit-over-others
api.postWithToken( 'csrf', { action: 'edit', title: 't', appendtext: 'x' } );
// ok: edit-without-summary
// ruleid: edit-over-others
api.postWithEditToken( { action: 'edit', title: 't', text: 'x', summary: 'why' } );
// ok: edit-without-summary, edit-over-others
api.postWithToken( 'csrf', { text: 'x', summary: 'why', basetimestamp: stamp, action: 'edit' } );
// ok: edit-without-summary, edit-over-others
api.postWithToken( 'csrf', { action: 'watch', titles: 't' } );
const action = 'edit';
// ruleid: edit-without-summary
api.postWithToken( 'csrf', { action, appendtext: 'x' } );

// ruleid: bot-flag
params = { action: 'move', bot: true };
// ok: bot-flag
params = { action: 'move', bot: false };
// ok: bot-flag
params = { action: 'move' };

// ruleid: delete-without-asking
api.postWithToken( 'csrf', { action: 'delete', title: t } );
if ( ready && confirm( 'Delete ' + t + '?' ) ) {
	// ok: delete-without-asking
	api.postWithToken( 'csrf', { action: 'delete', title: t } );
}
OO.ui.confirm( 'Block?' ).then( ( yes ) => {
	// ok: delete-without-asking
	api.postWithToken( 'csrf', { user: u, action: 'block' } );
} );

// ruleid: preference-of-others
api.saveOption( 'gadget-clock', 1 );
// ok: preference-of-others
api.saveOption( 'userjs-clock', 1 );
