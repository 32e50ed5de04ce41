// mediawiki.util: addresses, portlets and small helpers.

const config = mw.config;

function rawurlencode( text ) {
	return encodeURIComponent( String( text ) ).replace( /[!'()*~]/g, ( c ) => '%' + c.charCodeAt( 0 ).toString( 16 ).toUpperCase() );
}

/** As MediaWiki writes titles into addresses: spaces become underscores and some marks stay readable. */
function wikiUrlencode( text ) {
	return rawurlencode( text ).replace( /%20/g, '_' )
		.replace( /%(3B|40|24|21|2A|28|29|2C|2F|7E|3A)/g, ( escaped ) => decodeURIComponent( escaped ) );
}

const encode = encodeURIComponent;
const escapeId = ( text ) => String( text ).replace( /[ \t\n\r\f_'"&<>]+/g, ( s ) => /^[ \t\n\r\f_]+$/.test( s ) ? '_' : s );

const util = {
	rawurlencode,
	wikiUrlencode,
	escapeIdForAttribute: ( text ) => String( text ).replace( / /g, '_' ),
	escapeIdForLink: ( text ) => String( text ).replace( / /g, '_' ),
	percentDecodeFragment( text ) {
		try {
			return decodeURIComponent( text );
		} catch ( e ) {
			return null;
		}
	},
	escapeId,

	getTargetFromFragment( fragment = location.hash.slice( 1 ) ) {
		return fragment ? document.getElementById( fragment ) || document.getElementById( util.percentDecodeFragment( fragment ) || '' ) : null;
	},

	/** The address of a page, with parameters as an object. */
	getUrl( title, params ) {
		const name = typeof title === 'string' ? title : config.get( 'wgPageName' );
		const hash = name.indexOf( '#' );
		const page = hash < 0 ? name : name.slice( 0, hash );
		const fragment = hash < 0 ? '' : '#' + util.escapeIdForLink( name.slice( hash + 1 ) );
		const query = params ? $.param( params ) : '';
		if ( !page && fragment && !query ) {
			return fragment;
		}
		return query ?
			util.wikiScript() + '?title=' + wikiUrlencode( page ) + '&' + query + fragment :
			config.get( 'wgArticlePath' ).replace( '$1', () => wikiUrlencode( page ) ) + fragment;
	},

	wikiScript: ( name = 'index' ) => `${ config.get( 'wgScriptPath' ) }/${ name }.php`,

	/** A parameter of an address; null when it is not there. The last of several counts. */
	getParamValue( name, url = location.href ) {
		const values = new URL( url, location.href ).searchParams.getAll( name );
		return values.length ? values[ values.length - 1 ] : null;
	},

	getArrayParam( name, params = new URLSearchParams( location.search ) ) {
		const values = params.getAll( name + '[]' );
		return values.length ? values : null;
	},

	addCSS: ( text ) => mw.loader.addStyleTag( text ).sheet,

	debounce( wait, callback, immediate ) {
		if ( typeof wait === 'function' ) {
			[ wait, callback ] = [ callback, wait ];
		}
		let timer = null;
		return function ( ...args ) {
			const now = immediate && timer === null;
			clearTimeout( timer );
			timer = setTimeout( () => {
				timer = null;
				if ( !immediate ) {
					callback.apply( this, args );
				}
			}, wait );
			if ( now ) {
				callback.apply( this, args );
			}
		};
	},

	throttle( callback, wait ) {
		let last = -Infinity;
		let timer = null;
		return function ( ...args ) {
			const run = () => {
				last = Date.now();
				timer = null;
				callback.apply( this, args );
			};
			const left = wait - ( Date.now() - last );
			if ( left <= 0 ) {
				run();
			} else if ( timer === null ) {
				timer = setTimeout( run, left );
			}
		};
	},

	isIPv4Address: ( text, allowBlock ) => typeof text === 'string' &&
		new RegExp( '^(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|(?=$|/))){4}' + ( allowBlock ? '(?:/(?:3[0-2]|[12]?\\d))?' : '' ) + '$' ).test( text ),
	isIPv6Address( text, allowBlock ) {
		if ( typeof text !== 'string' ) {
			return false;
		}
		const [ address, block ] = text.split( '/' );
		if ( text.includes( '/' ) && !( allowBlock && /^(12[0-8]|1[01]\d|\d?\d)$/.test( block ) ) ) {
			return false;
		}
		const gaps = address.split( '::' );
		const words = gaps.flatMap( ( part ) => part ? part.split( ':' ) : [] );
		return gaps.length <= 2 && words.every( ( w ) => /^[0-9a-f]{1,4}$/i.test( w ) ) && ( gaps.length === 2 ? words.length < 8 : words.length === 8 );
	},
	isIPAddress: ( text, allowBlock ) => util.isIPv4Address( text, allowBlock ) || util.isIPv6Address( text, allowBlock ),
	prettifyIP: ( ip ) => ip,
	isTemporaryUser: () => false,
	isInfinity: ( text ) => [ 'infinite', 'indefinite', 'infinity', 'never' ].includes( text ),
	escapeRegExp: ( text ) => String( text ).replace( /[\\{}()|.?*+\-^$[\]]/g, '\\$&' ),
	getTextFromElement: ( element ) => element.textContent,

	showPortlet( id ) {
		$( '#' + $.escapeSelector( id ) ).removeClass( 'emptyPortlet' );
	},
	hidePortlet( id ) {
		$( '#' + $.escapeSelector( id ) ).addClass( 'emptyPortlet' );
	},
	isPortletVisible: ( id ) => $( '#' + $.escapeSelector( id ) ).is( ':not(.emptyPortlet)' ),

	addSubtitle( content ) {
		$( '#mw-content-subtitle' ).append( content );
	},

	clearSubtitle() {
		$( '#mw-content-subtitle' ).empty();
	},

	/** A portlet of its own after another one. */
	addPortlet( id, label, before ) {
		const $portlet = $( '<nav>' ).attr( { id, 'aria-labelledby': id + '-label' } ).addClass( 'mw-portlet emptyPortlet vector-menu-portal portal' ).addClass( id.replace( /^p-/, 'mw-portlet-' ) )
			.append( $( '<h3>' ).attr( 'id', id + '-label' ).addClass( 'vector-menu-heading' ).text( label || '' ), '<div class="vector-menu-content"><ul class="vector-menu-content-list"></ul></div>' );
		const $next = before ? $( before ) : $();
		if ( $next.length ) {
			$next.first().before( $portlet );
		} else {
			$( '#mw-panel' ).append( $portlet );
		}
		return $portlet[ 0 ];
	},

	/** An entry in a portlet. It returns the list item, or null where there is no such portlet. */
	addPortletLink( portlet, href, text, id, tooltip, accesskey, nextnode ) {
		const $portlet = $( '#' + $.escapeSelector( String( portlet ).replace( /^#/, '' ) ) );
		if ( !$portlet.length || id && document.getElementById( id ) ) {
			return null;
		}
		let $list = $portlet.find( 'ul' ).first();
		if ( !$list.length ) {
			$list = $( '<ul>' ).appendTo( $portlet );
		}
		const $link = $( '<a>' ).attr( 'href', href ).append( $( '<span>' ).text( text ) );
		if ( tooltip ) {
			$link.attr( 'title', tooltip );
		}
		if ( accesskey ) {
			$link.attr( 'accesskey', accesskey );
		}
		const $item = $( '<li>' ).addClass( 'mw-list-item mw-list-item-js' ).append( $link );
		if ( id ) {
			$item.attr( 'id', id );
		}
		$portlet.removeClass( 'emptyPortlet' );
		const $next = nextnode ? $list.children().filter( nextnode ) : $();
		if ( $next.length ) {
			$next.first().before( $item );
		} else {
			$list.append( $item );
		}
		mw.hook( 'util.addPortletLink' ).fire( $item[ 0 ], { id } );
		return $item[ 0 ];
	},

	validateEmail: ( text ) => text === '' ? null : /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)*$/.test( text ),
	parseImageUrl: () => null,
	init() {},
	$content: null
};
$( () => {
	util.$content = $( '#mw-content-text' );
} );
util.$content = $( '#mw-content-text' );

// jQuery additions that scripts of wikis count on.
$.escapeRE = util.escapeRegExp;
$.fn.updateTooltipAccessKeys = function () {
	return this;
};

mw.util = util;
mw.RegExp = { escape: util.escapeRegExp };
module.exports = util;
