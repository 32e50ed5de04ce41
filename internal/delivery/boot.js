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
		known = {},
		places = {},
		kept = [],
		tell,
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

	function address( file, params, place ) {
		return ( place || base + '/' + file ) + '?' + Object.keys( params ).sort().map( function ( key ) {
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

	/* mw.loader throws when it is told of a source twice. */
	function addSources( sources ) {
		Object.keys( sources || {} ).forEach( function ( id ) {
			var one = {};
			if ( !known[ id ] ) {
				one[ id ] = known[ id ] = sources[ id ];
				mw.loader.addSource( one );
			}
		} );
	}

	/*
	 * Gadgets may use servers that the policy of this page does not know: it came before that was allowed. What it knows stands
	 * in the one header that a page can read of itself. Older browsers, and pages over plain HTTP, cannot.
	 */
	function tellHeld( held ) {
		var page = performance.getEntriesByType( 'navigation' )[ 0 ],
			has = page && page.serverTiming && page.serverTiming.map( function ( metric ) {
				return metric.name === source ? metric.description : '';
			} ).join( ' ' ).split( ' ' );
		held.forEach( function ( one ) {
			if ( has && has.indexOf( one.key ) === -1 ) {
				window.RLQ.push( [ [ 'mediawiki.util' ], function () {
					mw.notify( one.text, { autoHide: false, tag: 'sallyport-' + one.key, type: 'warn' } );
				} ] );
			}
		} );
	}

	/* Registers row by row: a name that is known already would make mw.loader drop the rest. */
	function register( answer ) {
		Object.assign( titles, answer.names );
		addSources( answer.sources );
		tellHeld( answer.held || [] );
		if ( answer.problems ) {
			answer.problems.forEach( function ( text ) {
				mw.log.error( 'User gadget ' + text );
			} );
		}
		answer.rows.forEach( function ( row ) {
			if ( mw.loader.getState( row[ 0 ] ) === null ) {
				mw.loader.register( [ row ] );
				places[ row[ 0 ] ] = known[ row[ 4 ] ];
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

	/* The styles of a module, as a style sheet of its own: site gadgets come from where the page's own modules do, user gadgets from us. */
	function stylesOf( name ) {
		var params = { modules: name, only: 'styles' }, state = {};
		if ( byModule.test( name ) ) {
			addStyles( address( 'load.php', params, places[ name ] ) );
		} else {
			addStyles( ( startup && startup.src || mw.config.get( 'wgScriptPath' ) + '/load.php' ).split( '?' )[ 0 ] + '?modules=' + encodeURIComponent( name ) + '&only=styles&' + context );
		}
		state[ name ] = 'ready';
		mw.loader.state( state );
	}

	/* Which gadget a violation names, as far as browsers say: each has a path of its own. */
	function culprit( event ) {
		var rest = ( event.sourceFile || '' ).split( base + '/g/' )[ 1 ];
		return rest ? rest.split( '/' )[ 0 ] : '';
	}

	/* A gadget's name, by that part of its path. */
	function nameOf( id ) {
		return ( Object.keys( titles ).filter( function ( title ) {
			return byTitle.test( title ) && titles[ title ] === 'ext.usergadget.' + id;
		} )[ 0 ] || '' ).replace( /^.*\/|\.[a-z.]+$/g, '' ).replace( /_/g, ' ' );
	}

	/* Remembers the first three servers that a policy kept the page from. Scripts cannot make such events. */
	function keep( event ) {
		var host = ( /^(https?|wss?):\/\/[^/?#]+/.exec( event.blockedURI || '' ) || [] )[ 0 ];
		if ( !event.isTrusted || event.disposition !== 'enforce' || !host || host === location.origin || kept.length >= 3 ||
			kept.some( function ( other ) {
				return other.host === host;
			} )
		) {
			return;
		}
		kept.push( { host: host, directive: event.effectiveDirective, by: culprit( event ) } );
		if ( tell ) {
			tell();
		}
	}

	/* One small notice says so; its links say no more than it does. */
	function teller( words ) {
		return function () {
			if ( !kept.length ) {
				return;
			}
			mw.notify( $( '<div>' ).append( kept.map( function ( entry ) {
				var by = nameOf( entry.by ),
					text = by ? words[ 0 ].replace( '$2', entry.host ).replace( '$1', function () {
						return by;
					} ) : words[ 1 ].replace( '$1', entry.host ),
					query = { host: entry.host, directive: entry.directive };
				if ( entry.by ) {
					query.script = entry.by;
				}
				return $( '<p>' ).attr( 'dir', 'auto' ).text( text + ' ' ).append(
					$( '<a>' ).attr( 'href', base + '/blocked?' + $.param( query ) ).text( words[ 2 ] )
				);
			} ) ), { autoHide: false, tag: 'sallyport-kept', type: 'warn' } );
		};
	}

	/* What the operators switched off is said once in a browser. */
	function stopped( list, menu ) {
		window.RLQ.push( [ [ 'mediawiki.util' ], function () {
			list.forEach( function ( notice ) {
				var key = 'sallyport-entry-' + notice.key;
				try {
					if ( localStorage.getItem( key ) ) {
						return;
					}
					localStorage.setItem( key, '1' );
				} catch ( e ) {}
				mw.notify( $( '<p>' ).attr( 'dir', 'auto' ).text( notice.text + ' ' ).append(
					$( '<a>' ).attr( 'href', base + '/' ).text( menu )
				), { autoHide: false, tag: key, type: 'warn' } );
			} );
		} ] );
	}

	/* Called by what ext.gadgets.userstartup answers. */
	function start( answer ) {
		var modules = [];
		register( answer );
		if ( answer.kept ) {
			window.RLQ.push( [ [ 'mediawiki.util' ], function () {
				tell = teller( answer.kept );
				tell();
			} ] );
		}
		if ( answer.stopped ) {
			stopped( answer.stopped, answer.menu );
		}
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
		var params = { names: names.filter( unknown ).join( '|' ) };
		if ( config.wgUserName ) {
			params.user = config.wgUserName;
		}
		return fetch( address( 'register', params ), { credentials: 'omit' } )
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

	/* sallyport.import( name, options ): what does it comes when somebody first asks. */
	function importer( name, options ) {
		importer.client = importer.client || new Promise( function ( resolve, reject ) {
			var script = document.createElement( 'script' );
			script.src = base + '/import/client.js';
			script.onload = resolve;
			script.onerror = function () {
				var error = new Error( 'Scripts cannot be imported right now.' );
				error.name = 'ImportError';
				importer.client = null;
				reject( error );
			};
			document.head.appendChild( script );
		} );
		return importer.client.then( function () {
			return window.sallyport.ready( name, options );
		} );
	}

	window.sallyport = { 'import': importer };

	if ( config.wgUserName ) {
		document.addEventListener( 'securitypolicyviolation', keep );
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
