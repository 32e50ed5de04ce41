const name = mw.util.getParamValue( 'name' );
// ruleid: parameter-to-html
$( '#hello' ).html( '<b>' + name + '</b>' );
// ok: parameter-to-html
$( '#hello' ).html( mw.html.escape( name ) );
// ok: parameter-to-html
$( '#hello' ).text( name );
function show( text ) {
	// ruleid: parameter-to-html
	document.body.innerHTML = text;
}
show( new URLSearchParams( location.search ).get( 'q' ) );

const token = mw.user.tokens.get( 'csrfToken' );
// ruleid: token-leaves
fetch( '/w/api.php?token=' + encodeURIComponent( token ) );
// ok: token-leaves
fetch( '/w/api.php', { method: 'POST', body: token } );
// ruleid: token-leaves
location.href = `/w/index.php?t=${ token }`;

$.getJSON( '/w/x.json', function ( data ) {
	// ruleid: config-as-code
	eval( data.code );
	// ruleid: config-as-code
	setTimeout( data.later, 100 );
	// ok: config-as-code
	setTimeout( () => { show( data.later ); }, data.delay );
} );
fetch( '/w/y.json' ).then( ( r ) => r.json() ).then( ( data ) => {
	allow( data );
	// ok: config-as-code
	eval( data );
} );

const picked = new Set();
picked.add( window.getSelection() );
// ruleid: selection-to-summary
api.post( { summary: picked.join() } );
// ok: selection-to-summary
api.post( { summary: 'fixed' } );

const cell = document.querySelector( '.mw-parser-output td' );
// ruleid: page-text-as-markup
out.insertAdjacentHTML( 'beforeend', cell.textContent );
// ok: page-text-as-markup
out.insertAdjacentHTML( 'beforeend', mw.html.escape( cell.textContent ) );
