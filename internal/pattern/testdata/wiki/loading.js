// ruleid: personal-script
importScript( 'User:Mara/tool.js' );
// ruleid: personal-script, raw-page
mw.loader.load( '/w/index.php?title=User%3AMara/tool.js&action=raw&ctype=text/javascript' );
// ok: personal-script
importScript( 'MediaWiki:Gadget-clock.js' );
// ok: raw-page
fetch( '/w/index.php?title=X&action=raw' );

// ruleid: busy-poll
setInterval( () => { api.get( { action: 'query', list: 'recentchanges' } ).then( show ); }, 5000 );
const OFTEN = 1000;
// ruleid: busy-poll
setInterval( function () { $.getJSON( url, show ); }, OFTEN );
// ok: busy-poll
setInterval( () => { api.get( { action: 'query' } ); }, 60000 );
// ok: busy-poll
setInterval( tick, 1000 );

// ruleid: message-without-origin
window.addEventListener( 'message', ( e ) => { run( e.data ); } );
// ok: message-without-origin
window.addEventListener( 'message', function ( e ) {
	if ( e.origin !== location.origin ) {
		return;
	}
	run( e.data );
} );
// ok: message-without-origin
window.addEventListener( 'click', ( e ) => { run( e.data ); } );
// ruleid: message-without-origin
$( window ).on( 'message', function ( e ) { run( e.originalEvent.data ); } );

// ruleid: hides-interface
mw.util.addCSS( '#ca-history { display: none }' );
// ruleid: hides-interface
$( '#pt-notifications-alert' ).remove();
// ok: hides-interface
mw.util.addCSS( '#my-tool { display: none }' );
