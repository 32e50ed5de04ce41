(function(){
	// What wikis of old gave every script, and some define for their users to this day.
	var later = function ( f ) {
		window.jQuery( f );
	};
	var known = {
		addOnloadHook: later,
		addPortletLink: mw.util.addPortletLink,
		appendCSS: mw.util.addCSS,
		hookEvent: function ( name, f ) {
			window.addEventListener( name, f, false );
		},
		jsMsg: mw.notify,
		addClickHandler: function ( x, f ) {
			x.addEventListener( 'click', f, false );
		},
		getInnerText: function ( x ) {
			return x.textContent;
		},
		escapeQuotes: function ( s ) {
			return String( s ).replace( /(['"\\])/g, '\\$1' );
		},
		sajax_init_object: function () {
			return new XMLHttpRequest();
		},
		sajax_do_call: function () {},
		akeytt: function () {},
		is_gecko: false
	};
	NAMES.forEach( function ( name ) {
		var value = Object.prototype.hasOwnProperty.call( known, name ) ? known[ name ] : mw.config.get( name );
		if ( !( name in window ) && value !== undefined ) {
			window[ name ] = value;
		}
	} );
})();
