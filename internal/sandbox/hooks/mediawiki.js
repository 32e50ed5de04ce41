		// MediaWiki's own parts, once they are there: at the moment when the script under test is put into the page, and later.
		const seen = new freshMap();
		const once = ( x ) => {
			if ( !x || typeof x !== 'object' && typeof x !== 'function' || mapHas( seen, x ) ) {
				return false;
			}
			mapSet( seen, x, true );
			return true;
		};
		const first = ( at ) => split( at, '\n' )[ 0 ];
		const watchMediaWiki = () => {
			const mw = window.mw, $ = window.jQuery;
			const tokens = safely( () => mw.user.tokens );
			if ( once( tokens ) ) {
				const get = tokens.get;
				defineProperty( tokens, 'get', { configurable: true, writable: true, enumerable: false, value: like( { get( ...args ) {
					// mw.Api reads tokens for whoever writes with it; only a script that reads them itself is told of.
					safely( () => {
						const lines = split( stack(), '\n' );
						for ( let i = 1; i < lines.length; i++ ) {
							if ( indexOf( lines[ i ], '://' ) < 0 ) {
								continue;
							}
							if ( indexOf( lines[ i ], '/load.php' ) < 0 && indexOf( lines[ i ], here() ) < 0 ) {
								tell( 'token', text( args[ 0 ] ), null, lines[ i ] );
							}
							break;
						}
					} );
					return apply( get, this, args );
				} }.get, get ) } );
			}
			const jqueryEvents = safely( () => $.event );
			if ( once( jqueryEvents ) ) {
				const add = jqueryEvents.add;
				jqueryEvents.add = like( { add( elem, types, handler, data, sel ) {
					safely( () => byScript( ( at ) => {
						for ( const type of split( text( types ), ' ' ) ) {
							hear( elem, split( type, '.' )[ 0 ], at, typeof sel === 'string' ? sel : undefined );
							if ( typeof sel === 'string' && heard.length < 500 ) {
								heard[ heard.length ] = [ { delegated: sel, root: elem }, split( type, '.' )[ 0 ] ];
							}
						}
					} ) );
					return apply( add, this, arguments );
				} }.add, add );
			}
			const items = safely( () => mw.loader.store.items );
			if ( once( items ) ) {
				// ResourceLoader fills its store by itself; who else writes there runs on the next page.
				const watched = new Proxy( items, { set( all, key, value ) {
					safely( () => byScript( ( at ) => tell( 'persist', 'module store', null, at ) ) );
					all[ key ] = value;
					return true;
				} } );
				mapSet( seen, watched, true );
				safely( () => {
					mw.loader.store.items = watched;
				} );
			}
			const loader = safely( () => mw.loader );
			if ( once( loader ) ) {
				for ( const name of [ 'implement', 'impl', 'register', 'addSource', 'state' ] ) {
					wrap( loader, name, ( self, args ) => byScript( ( at ) => name !== 'state' && tell( 'module', name + ' ' + ( typeof args[ 0 ] === 'string' ? args[ 0 ] : '' ), null, at ) ) );
				}
			}
		};

		// The parts of the wiki's page that people see before the script runs, to know afterwards which it took away.
		let before = null;
		const visible = ( x ) => isConnected( x ) && checkVisibility( x, { visibilityProperty: true, opacityProperty: true } );
		const lookAround = () => {
			before = [];
			const all = querySelectorAll( document, '[id], .mw-changeslist-line, .mw-contributions-list > li, #pagehistory li, .usermessage, .mw-userlink' );
			for ( let i = 0; i < all.length && before.length < 1500; i++ ) {
				if ( visible( all[ i ] ) ) {
					before[ before.length ] = [ all[ i ], selector( all[ i ] ) ];
				}
			}
		};
		const started = () => {
			watchMediaWiki();
			if ( before === null && top ) {
				lookAround();
				for ( const b of natives ) {
					b[ 3 ] = safely( () => b[ 0 ][ b[ 1 ] ] );
				}
				const config = safely( () => window.mw.config );
				const groups = safely( () => config.get( 'wgUserGroups' ) ) || [];
				let list = '';
				for ( let i = 0; i < groups.length; i++ ) {
					list += groups[ i ] + '|';
				}
				tell( 'started', safely( () => config.get( 'wgUserName' ) ) || '', { t: list }, '' );
			}
		};
		// Rules that hide what is on other pages: where changes are listed.
		const tracks = [ 'history', 'changeslist', 'contributions', 'notification', 'watchlist', 'logevent', 'userlink', 'mw-diff', 'echo', 'usermessage' ];
		const hides = ( sheet ) => safely( () => {
			const rules = sheet.cssRules;
			for ( let i = 0; i < rules.length && i < 300; i++ ) {
				const { selectorText, style } = rules[ i ];
				if ( !selectorText || !style || style.display !== 'none' && style.visibility !== 'hidden' && style.opacity !== '0' ) {
					continue;
				}
				for ( const part of tracks ) {
					if ( indexOf( selectorText, part ) >= 0 ) {
						tell( 'conceal', slice( selectorText, 0, 200 ), null, '' );
						break;
					}
				}
			}
		} );
		const hidesByRules = () => {
			for ( let i = 0; i < made.length; i++ ) {
				const x = made[ i ];
				const all = tagOf( x ) === 'STYLE' ? [ x ] : elementQuery( x, 'style' );
				for ( let j = 0; j < all.length && j < 20; j++ ) {
					hides( safely( () => all[ j ].sheet ) );
				}
			}
		};
		// The module store, as it was put there, whoever changed it and how.
		// ResourceLoader itself would throw away what was there.
		const poisoned = () => {
			for ( const key of SETTINGS.stores ) {
				const now = safely( () => local[ key ] );
				if ( typeof now === 'string' && indexOf( now, SETTINGS.mark ) >= 0 && addsModule( SETTINGS.store, now ) ) {
					tell( 'persist', 'module store', null, '' );
				}
			}
		};
		const hidden = () => {
			let n = 0;
			const names = create( null );
			for ( let i = 0; before && i < before.length; i++ ) {
				const [ x, name ] = before[ i ];
				if ( !names[ name ] && !visible( x ) && n < 60 ) {
					names[ name ] = true;
					n++;
					tell( 'conceal', name, null, '' );
				}
			}
		};

		// Built-ins that other code relies on: who replaces them sees what others do.
		const natives = [];
		for ( const [ owner, name, keys ] of [ [ window, '', [ 'fetch', 'XMLHttpRequest', 'WebSocket', 'eval', 'setTimeout', 'Promise' ] ], [ XMLHttpRequest.prototype, 'XMLHttpRequest.', [ 'open', 'send' ] ],
			[ JSON, 'JSON.', [ 'stringify', 'parse' ] ], [ EventTarget.prototype, 'EventTarget.', [ 'addEventListener' ] ], [ Array.prototype, 'Array.', [ 'push', 'join', 'forEach', 'map' ] ],
			[ Function.prototype, 'Function.', [ 'toString', 'call', 'apply', 'bind' ] ], [ Object, 'Object.', [ 'defineProperty', 'keys' ] ], [ Reflect, 'Reflect.', [ 'apply' ] ],
			[ Storage.prototype, 'Storage.', [ 'getItem', 'setItem' ] ], [ HTMLFormElement.prototype, 'HTMLFormElement.', [ 'submit' ] ] ] ) {
			for ( const key of keys ) {
				natives[ natives.length ] = [ owner, key, name + key, undefined ];
			}
		}
		const replaced = () => {
			for ( const [ owner, key, name, had ] of natives ) {
				const now = safely( () => owner[ key ] );
				// A polyfill that was not needed is no matter; a function that is no native one now is.
				if ( had !== undefined && now !== had && before !== null ) {
					tell( 'persist', 'replaces ' + name, null, '' );
				}
			}
			const mw = window.mw;
			for ( const [ owner, key, name ] of [ [ safely( () => mw.Api.prototype ), 'post', 'mw.Api' ], [ safely( () => mw.loader ), 'using', 'mw.loader.using' ] ] ) {
				const f = safely( () => owner[ key ] );
				const source = typeof f === 'function' ? apply( nativeToString, f, [] ) : '';
				if ( source && mapGet( wikis, owner ) && mapGet( wikis, owner ) !== source ) {
					tell( 'persist', 'replaces ' + name, null, '' );
				}
			}
		};
		const wikis = new freshMap();
		const noteWiki = () => {
			const mw = window.mw;
			for ( const [ owner, key ] of [ [ safely( () => mw.Api.prototype ), 'post' ], [ safely( () => mw.loader ), 'using' ] ] ) {
				if ( owner && !mapHas( wikis, owner ) ) {
					mapSet( wikis, owner, apply( nativeToString, owner[ key ], [] ) );
				}
			}
		};

		// The script under test comes as a script element; what is put in front of it tells that it is about to run.
		if ( top ) {
			const isScript = ( node ) => isElement( node ) && tagOf( node ) === 'SCRIPT' && indexOf( text( node.src ), SETTINGS.script ) >= 0;
			for ( const name of [ 'appendChild', 'insertBefore' ] ) {
				wrap( Node.prototype, name, ( self, args ) => {
					if ( before === null && SETTINGS.script && isScript( args[ 0 ] ) ) {
						noteWiki();
						started();
					}
				} );
			}
		}
