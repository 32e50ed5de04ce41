/*
 * The bootstrap: every page of the wiki carries it, the same bytes for everybody.
 *
 * It runs synchronously, right after the tag of MediaWiki's startup module, when the page's configuration is known but
 * nothing has been drawn yet. For a person with an account it asks for that person's style sheets and gadgets; for
 * everybody it teaches mw.loader to find user gadgets on demand.
 */
( function ( document, window ) {
	'use strict';

	var base = '/sallyport',
		source = 'sallyport',
		tag = document.currentScript,
		startup = tag && tag.previousElementSibling,
		config = window.RLCONF || {},
		context = contextOf( startup && startup.src || '' ),
		byTitle = /^[^:/|,!]+:[^/]+\/.+/,
		titles = {},
		byModule = /^ext\.usergadget\.p[1-9]\d*$/;

	// Browsers without modules have no promises either; they get the wiki as it is.
	if ( !tag || !( 'noModule' in tag ) ) {
		return;
	}

	/* The part of the startup module's address that every request repeats. */
	function contextOf( address ) {
		var query = ( address.split( '?' )[ 1 ] || '' ).split( '#' )[ 0 ].split( '&' );
		return query.filter( function ( pair ) {
			return /^(lang|skin|debug)=/.test( pair );
		} ).join( '&' );
	}

	function address( file, params ) {
		return base + '/' + file + '?' + Object.keys( params ).sort().map( function ( key ) {
			return key + '=' + encodeURIComponent( params[ key ] );
		} ).concat( context || [] ).join( '&' );
	}

	function addStyles( href, blocking ) {
		var link = document.createElement( 'link' );
		link.rel = 'stylesheet';
		link.href = href;
		if ( blocking ) {
			// Without this attribute a style sheet added by a script does not hold back the first drawing of the page.
			link.setAttribute( 'blocking', 'render' );
		}
		document.head.appendChild( link );
	}

	/* Whether the page is one the gadget is meant for; the server's twin is page.allows in conditions.go. */
	function matches( when ) {
		var get = mw.config.get.bind( mw.config ),
			action = get( 'wgAction' ) === 'submit' ? 'edit' : get( 'wgAction' ),
			categories = get( 'wgCategories' ) || [];
		return !when || (
			( !when.actions || when.actions.indexOf( action ) !== -1 ) &&
			( !when.namespaces || when.namespaces.indexOf( get( 'wgNamespaceNumber' ) ) !== -1 ) &&
			( !when.contentModels || when.contentModels.indexOf( get( 'wgPageContentModel' ) ) !== -1 ) &&
			( !when.categories || when.categories.some( function ( name ) {
				return categories.indexOf( name.replace( /_/g, ' ' ) ) !== -1;
			} ) )
		);
	}

	/* require( 'User:Mara/dom-kit.gadget' ): gadgets are known to each other by title. */
	function requireByTitle( require ) {
		return function ( name ) {
			return require( titles[ name.replace( / /g, '_' ) ] || name );
		};
	}

	/* Registers row by row: a name that is known already would make mw.loader drop the rest. */
	function register( answer ) {
		Object.assign( titles, answer.names );
		if ( answer.problems ) {
			answer.problems.forEach( function ( text ) {
				mw.log.error( 'User gadget ' + text );
			} );
		}
		answer.rows.forEach( function ( row ) {
			if ( mw.loader.getState( row[ 0 ] ) === null ) {
				mw.loader.register( [ row ] );
			}
			row[ 2 ].forEach( function ( name ) {
				if ( mw.loader.getState( name ) === null ) {
					mw.log.error( 'User gadget ' + row[ 0 ] + ' needs the module ' + name + ', which this wiki does not have.' );
				}
			} );
		} );
		( answer.failed || [] ).forEach( function ( name ) {
			var state = {};
			state[ name ] = 'error';
			mw.loader.state( state );
		} );
	}

	/* The styles of a module, as a style sheet of its own: site gadgets come from the wiki, user gadgets from us. */
	function stylesOf( name ) {
		var params = { modules: name, only: 'styles' }, state = {};
		if ( byModule.test( name ) ) {
			addStyles( address( 'load.php', params ) );
		} else {
			addStyles( mw.config.get( 'wgLoadScript' ) + '?modules=' + encodeURIComponent( name ) + '&only=styles&' + context );
		}
		state[ name ] = 'ready';
		mw.loader.state( state );
	}

	/* Called by what ext.gadgets.userstartup answers. */
	function start( answer ) {
		var modules = [];
		register( answer );
		answer.load.forEach( function ( entry ) {
			var state = {};
			if ( !matches( entry.when ) ) {
				return;
			}
			( entry.peers || [] ).forEach( stylesOf );
			if ( entry.style === 'late' ) {
				stylesOf( entry.module );
			} else if ( entry.style === 'early' ) {
				state[ entry.module ] = 'ready';
				mw.loader.state( state );
			} else {
				modules.push( entry.module );
			}
		} );
		mw.loader.load( modules );
		if ( answer.menu ) {
			// mw.loader.using is not there yet; the queue knows how to wait.
			window.RLQ.push( [ [ 'mediawiki.util' ], function () {
				$( function () {
					mw.util.addPortletLink( 'p-personal', base + '/', answer.menu, 'pt-usergadgets', null, null, '#pt-watchlist, #pt-mycontris, #pt-logout' );
				} );
			} ] );
		}
	}

	/* Whether a name given to mw.loader means a user gadget that this page does not know yet. */
	function unknown( name ) {
		return typeof name === 'string' &&
			( byTitle.test( name ) || byModule.test( name ) ) && mw.loader.getState( name ) === null;
	}

	/* Asks for registration rows; resolves to a function from the names given to names mw.loader knows. */
	function find( names ) {
		return fetch( address( 'register', { names: names.filter( unknown ).join( '|' ) } ), { credentials: 'omit' } )
			.then( function ( response ) {
				if ( !response.ok ) {
					throw new Error( 'User gadgets are not available right now.' );
				}
				return response.json();
			} )
			.then( function ( answer ) {
				register( answer );
				return names.map( function ( name ) {
					return answer.names[ name ] || name;
				} );
			} );
	}

	function list( names ) {
		return Array.isArray( names ) ? names : [ names ];
	}

	/* Replaces a function of mw.loader, now or as soon as MediaWiki defines it. */
	function replace( name, wrap ) {
		function define( original ) {
			Object.defineProperty( mw.loader, name, {
				value: wrap( original ), writable: true, enumerable: true, configurable: true
			} );
		}
		if ( mw.loader[ name ] ) {
			define( mw.loader[ name ] );
		} else {
			Object.defineProperty( mw.loader, name, { set: define, configurable: true } );
		}
	}

	/* mw.loader.using finds user gadgets by module name or by title. */
	function usingGadgets( using ) {
		return function ( names, ready, error ) {
			if ( !list( names ).some( unknown ) ) {
				return using.apply( mw.loader, arguments );
			}
			var deferred = $.Deferred();
			find( list( names ) ).then( function ( found ) {
				return using.call( mw.loader, found );
			} ).then( deferred.resolve, deferred.reject );
			if ( ready ) {
				deferred.done( ready );
			}
			if ( error ) {
				deferred.fail( error );
			}
			return deferred.promise();
		};
	}

	/* So does mw.loader.load, which tells nobody but the console. */
	function loadGadgets( load ) {
		return function ( names ) {
			if ( arguments.length > 1 || !list( names ).some( unknown ) ) {
				return load.apply( mw.loader, arguments );
			}
			find( list( names ) ).then( function ( found ) {
				load.call( mw.loader, found );
			}, function ( reason ) {
				mw.log.error( reason );
			} );
		};
	}

	if ( config.wgUserName ) {
		addStyles( address( 'load.php', {
			action: config.wgAction || 'view',
			model: config.wgPageContentModel || '',
			modules: 'ext.gadgets.userstyles',
			ns: config.wgNamespaceNumber,
			only: 'styles',
			user: config.wgUserName
		} ), true );
		var script = document.createElement( 'script' );
		script.src = address( 'load.php', {
			modules: 'ext.gadgets.userstartup', only: 'scripts', raw: '1', user: config.wgUserName
		} );
		document.head.appendChild( script );
	}

	window.RLQ = window.RLQ || [];
	window.RLQ.push( function () {
		var sources = {};
		sources[ source ] = base + '/load.php';
		mw.loader.addSource( sources );
		replace( 'require', requireByTitle );
		replace( 'using', usingGadgets );
		replace( 'load', loadGadgets );
		mw.sallyport = { start: start };
	} );
}( document, window ) );
