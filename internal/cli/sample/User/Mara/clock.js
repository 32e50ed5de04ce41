// A plain gadget: one script, one style sheet.
$( function () {
	var item = mw.util.addPortletLink( 'p-personal', '#', '', 'pt-utc-clock', 'The time in UTC' );

	function tick() {
		$( item ).find( 'a' ).text( new Date().toISOString().slice( 11, 16 ) + ' UTC' );
	}

	if ( item ) {
		tick();
		setInterval( tick, 10000 );
	}
} );
