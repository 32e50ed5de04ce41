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
		keptWords,
		words = {},
		said = Object.create( null ),
		boards = {},
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
				tell( { id: 'held ' + one.key, text: one.text, stops: true } );
			}
		} );
	}

	/* Registers row by row: a name that is known already would make mw.loader drop the rest. */
	function register( answer ) {
		Object.assign( titles, answer.names );
		addSources( answer.sources );
		Object.assign( words, answer.told );
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
		tellKept();
	}

	/* Says so, once there are words for it; the links say no more than that. */
	function tellKept() {
		( keptWords ? kept : [] ).forEach( function ( entry ) {
			var by = nameOf( entry.by ), query = { host: entry.host, directive: entry.directive };
			if ( entry.by ) {
				query.script = entry.by;
			}
			tell( {
				id: 'server ' + entry.host,
				sort: 'servers',
				stops: true,
				text: by ? keptWords[ 0 ].replace( '$2', entry.host ).replace( '$1', function () {
					return by;
				} ) : keptWords[ 1 ].replace( '$1', entry.host ),
				link: base + '/blocked?' + new URLSearchParams( query ),
				look: keptWords[ 2 ]
			} );
		} );
	}

	/*
	 * What there is to tell the reader goes into one notice that grows: what does not work stays until it is closed, and what is only
	 * to be known goes by itself. Nothing is said twice. item: { id, sort, stops, text, link, look }.
	 */
	function tell( item, told ) {
		var before = said[ item.id ];
		if ( before && ( before.stops || !item.stops ) ) {
			return;
		}
		said[ item.id ] = item;
		Object.assign( words, told );
		window.RLQ.push( [ [ 'mediawiki.notification' ], function () {
			var kind = item.stops ? 'stays' : 'goes', board = boards[ kind ] || newBoard();
			grow( board, item );
			if ( !board.notice ) {
				open( board, kind );
			}
		} ] );
	}

	function element( tag, parent, style ) {
		var made = document.createElement( tag );
		Object.assign( made.style, style );
		parent.appendChild( made );
		return made;
	}

	/* A click anywhere on a notice closes it, in MediaWiki: the button needs nothing of its own. */
	function newBoard() {
		var box = document.createElement( 'div' ), board = { box: box, items: 0, counts: {} };
		board.head = element( 'p', box, { fontWeight: 'bold', margin: '0 0 0.5em' } );
		board.head.dir = 'auto';
		board.head.hidden = true;
		board.list = element( 'ul', box, { listStyle: 'none', margin: '0', padding: '0', maxHeight: '40vh', overflow: 'auto', overflowWrap: 'anywhere' } );
		board.close = element( 'button', box, { font: 'inherit', minHeight: '2.5em', marginTop: '0.5em' } );
		board.close.type = 'button';
		board.close.textContent = words.close || '×';
		return board;
	}

	/* A line for what is new, and how many there are of each sort. Beyond thirty they are only counted. */
	function grow( board, item ) {
		var line, link;
		board.counts[ item.sort ] = ( board.counts[ item.sort ] || 0 ) + 1;
		board.items++;
		if ( board.items <= 30 ) {
			line = element( 'li', board.list, { margin: '0 0 0.5em' } );
			line.dir = 'auto';
			line.textContent = item.text + ' ';
			if ( item.link ) {
				link = element( 'a', line );
				link.href = item.link;
				link.textContent = item.look;
			}
		}
		board.head.hidden = board.items < 2;
		board.head.textContent = [ 'scripts', 'servers', 'runs' ].filter( function ( sort ) {
			return board.counts[ sort ] && words[ sort ];
		} ).map( function ( sort ) {
			return words[ sort ].replace( '$1', board.counts[ sort ] );
		} ).join( ' · ' );
		if ( board.items > 4 ) { // it may have to be scrolled, and the keyboard has to get there
			board.list.tabIndex = 0;
			board.list.setAttribute( 'aria-label', board.head.textContent );
		}
		if ( board.notice ) {
			board.notice.pause(); // its time begins anew
			board.notice.resume();
		}
	}

	/*
	 * MediaWiki's notices are live regions: screen readers say what comes in, and the focus stays where it is. This asks the module
	 * itself: of the function mw.notify, one half of MediaWiki's versions (1.39 among them) give no notice back.
	 */
	function open( board, kind ) {
		var before, close, notice = mw.notification.notify( board.box, { autoHide: kind === 'goes', autoHideSeconds: 'long', tag: 'sallyport-' + kind, type: 'warn' } );
		// A script may have put a function of its own in that one's place: then what comes next gets a notice anew.
		if ( !notice || !notice.pause || !notice.resume || !notice.close || !notice.$notification ) {
			return;
		}
		board.notice = notice;
		boards[ kind ] = board;
		board.box.addEventListener( 'focusin', function ( event ) {
			if ( !board.box.contains( event.relatedTarget ) ) {
				before = event.relatedTarget;
			}
		} );
		board.box.addEventListener( 'keydown', function ( event ) {
			if ( event.key === 'Escape' ) {
				notice.close();
			}
		} );
		notice.$notification.attr( 'aria-atomic', 'false' ); // of a list that grows, only what is new is read out
		close = notice.close;
		notice.close = function () {
			var within = board.box.contains( document.activeElement );
			if ( boards[ kind ] === board ) {
				delete boards[ kind ];
			}
			close.call( notice );
			if ( within && before ) {
				before.focus();
			}
		};
	}

	/* What the operators switched off is said once in a browser. */
	function stopped( list, menu ) {
		list.forEach( function ( notice ) {
			var key = 'sallyport-entry-' + notice.key;
			try {
				if ( localStorage.getItem( key ) ) {
					return;
				}
				localStorage.setItem( key, '1' );
			} catch ( e ) {}
			tell( { id: notice.key, sort: 'scripts', stops: true, text: notice.text, link: base + '/', look: menu } );
		} );
	}

	/* Called by what ext.gadgets.userstartup answers. */
	function start( answer ) {
		var modules = [];
		register( answer );
		if ( answer.kept ) {
			keptWords = answer.kept;
			tellKept();
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

	window.sallyport = { 'import': importer, tell: tell };

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
