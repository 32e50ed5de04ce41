package sandbox

import (
	"slices"
	"testing"

	"sallyport/internal/trace"
)

// Each way in which MediaWiki's own modules change something, from newest to oldest: a worm takes any.
func TestEveryWayOfWritingIsSeen(t *testing.T) {
	r := lookAt(t, Quick, `mw.loader.using( [ 'mediawiki.api', 'mediawiki.ForeignApi' ] ).then( () => {
	const api = new mw.Api();
	api.edit( 'Harbour', ( revision ) => revision.content + ' Lamps.' );
	api.create( 'A new lamp', {}, 'Lamps.' );
	api.postWithEditToken( { action: 'edit', title: 'Lighthouse', text: 'x' } );
	api.postWithToken( 'csrf', { action: 'delete', title: 'Foghorn' } );
	api.newSection( 'Talk:Harbour lights', 'Lamps', 'x' );
	api.rollback( 'Breakwater', 'Henk Visser' );
	api.saveOption( 'gadget-lamp', '1' );
	api.saveOptions( { 'gadget-lamps': '1' } );
	api.upload( new File( [ 'x' ], 'Lamp.png' ), { comment: 'x' } );
	api.watch( 'Harbour office' );
	new mw.Rest().put( '/v1/page/Pilot_boat', { source: 'x', token: mw.user.tokens.get( 'csrfToken' ), latest: { id: 1 } } );
	new mw.Rest().post( '/v1/page', { source: 'x', title: 'Another lamp', token: mw.user.tokens.get( 'csrfToken' ) } );
	new mw.ForeignApi( 'https://meta.example/w/api.php' ).postWithEditToken( { action: 'edit', title: 'Tide table', text: 'x' } );
	new mw.ForeignRest( 'https://meta.example/w/rest.php', new mw.ForeignApi( 'https://meta.example/w/api.php' ) ).put( '/v1/page/Harbour_wall', { source: 'x' } );
} );
`).Report
	for _, want := range []string{
		"edit Harbour", "edit A new lamp", "edit Lighthouse", "delete Foghorn", "edit Talk:Harbour lights", "rollback Breakwater", "options ", "upload File:Lamp.png", "watch Harbour office",
		"edit Pilot boat", "edit Another lamp", "edit Tide table", "edit Harbour wall",
	} {
		if !slices.ContainsFunc(r.Writes, func(w trace.WriteRow) bool { return w.Action+" "+w.Title == want && w.Stage == trace.Natural }) {
			t.Errorf("%q is not told", want)
		}
	}
	if t.Failed() {
		for _, w := range r.Writes {
			t.Log(w.Action, w.Title, w.Persona, w.Stage)
		}
	}
}
