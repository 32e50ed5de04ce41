(function(){
	// What newer wikis have and older ones lack, and modules that other wikis have and this one does not: in their place stands something that
	// lets a script go on.
	var util = mw.util, user = mw.user, $ = window.jQuery;
	function give( owner, name, value ) {
		if ( owner && owner[ name ] === undefined ) {
			owner[ name ] = value;
		}
	}
	give( util, 'addPortlet', function ( id, label, before ) {
		var $p = $( '<nav>' ).attr( 'id', id ).addClass( 'mw-portlet emptyPortlet vector-menu-portal portal' ).append( $( '<h3>' ).text( label || '' ), '<div class="vector-menu-content"><ul class="vector-menu-content-list"></ul></div>' );
		var $next = before ? $( before ).first() : $();
		if ( $next.length ) {
			$next.before( $p );
		} else {
			$( '#mw-panel, #mw-navigation, body' ).first().append( $p );
		}
		return $p[ 0 ];
	} );
	give( util, 'addSubtitle', function ( content ) {
		$( '#mw-content-subtitle, #contentSub' ).first().append( content );
	} );
	give( util, 'clearSubtitle', function () {
		$( '#mw-content-subtitle, #contentSub' ).first().empty();
	} );
	give( util, 'isTemporaryUser', function ( name ) {
		return /^~\d{4}-/.test( name );
	} );
	give( util, 'isInfinity', function ( s ) {
		return [ 'infinite', 'indefinite', 'infinity', 'never' ].indexOf( s ) >= 0;
	} );
	give( util, 'messageBox', function ( text ) {
		return $( '<div>' ).addClass( 'cdx-message' ).text( text )[ 0 ];
	} );
	give( util, 'debounce', function ( f, wait ) {
		var t;
		return function () {
			var self = this, args = arguments;
			clearTimeout( t );
			t = setTimeout( function () {
				f.apply( self, args );
			}, wait );
		};
	} );
	give( util, 'throttle', function ( f, wait ) {
		var last = 0;
		return function () {
			if ( Date.now() - last >= wait ) {
				last = Date.now();
				f.apply( this, arguments );
			}
		};
	} );
	// What Wikimedia's wikis say of a page.
	if ( mw.config.get( 'wgArticleId' ) && mw.config.get( 'wgWikibaseItemId' ) === null ) {
		mw.config.set( 'wgWikibaseItemId', 'Q2512' );
	}
	[ [ 'og:title', mw.config.get( 'wgTitle' ) ], [ 'og:type', 'website' ] ].forEach( function ( row ) {
		if ( !document.querySelector( 'meta[property="' + row[ 0 ] + '"]' ) ) {
			$( '<meta>' ).attr( { property: row[ 0 ], content: row[ 1 ] } ).appendTo( document.head );
		}
	} );
	// Plugins of extensions that dress up what is there.
	[ 'wikiEditor', 'tipsy', 'tablesorter', 'makeCollapsible' ].forEach( function ( name ) {
		give( $ && $.fn, name, function () {
			return this;
		} );
	} );
	give( user, 'isTemp', function () {
		return mw.config.get( 'wgUserIsTemp' ) || false;
	} );
	give( user, 'isNamed', function () {
		return !user.isAnon() && !user.isTemp();
	} );
	give( user, 'clientPrefs', { get: function () {
		return false;
	}, set: function () {
		return false;
	} } );
	NAMES.forEach( function ( name ) {
		if ( mw.loader.getState( name ) === null ) {
			var row = {};
			row[ name ] = 'ready';
			mw.loader.state( row );
			if ( /^jquery\.\w+$/.test( name ) ) { // a plugin is called like its module
				give( $ && $.fn, name.slice( 7 ), function () {
					return this;
				} );
			}
		}
	} );
})();
