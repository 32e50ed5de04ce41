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
		const hooked = create( null ); // hooks of MediaWiki that scripts wait for
		// The part of the page that a hook is told of, by what the hook is called.
		const about = ( name ) => {
			const all = aboutWriting.test( name ) ? '#wpTextbox1' : aboutForm.test( name ) ? '#editform' : '#mw-content-text';
			return querySelectorAll( document, all )[ 0 ];
		};
		const aboutWriting = { test: free( RegExp.prototype.test ).bind( null, /wikieditor|codeeditor|codemirror|toolbar|textbox|textarea/i ) };
		const aboutForm = { test: free( RegExp.prototype.test ).bind( null, /edit(?:ing)?form|editpage|^ve\./i ) };
		const theirs = { test: free( RegExp.prototype.test ).bind( null, /^(?:wikipage|wikieditor|codeeditor|codemirror|ve|ext|structuredchangefilters|htmlform|mobilefrontend|minerva|skin|discussiontools|dt|flow|echo|editrecovery|revisionslider|apisandbox)\b/i ) };
		// Hooks that nothing on this wiki fires, and some extension of another one does.
		const fireUnfired = () => {
			const mw = window.mw, $ = window.jQuery;
			for ( const name of ownKeys( hooked ) ) {
				let fired = false;
				safely( () => mw.hook( name ).add( () => {
					fired = true;
				} ) );
				const x = !fired && theirs.test( name ) && about( name );
				if ( x ) {
					safely( () => mw.hook( name ).fire( $( x ) ) );
				}
			}
		};
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
			if ( mw && once( mw ) ) {
				wrap( mw, 'hook', ( self, args ) => byScript( () => {
					hooked[ text( args[ 0 ] ) ] = true;
				} ) );
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
		const clippedAway = { test: free( RegExp.prototype.test ).bind( null, /^(?:inset\((?:5\d|[6-9]\d|100)(?:\.\d+)?%|circle\(0|ellipse\(0|polygon\(0px 0px(?:, 0px 0px)*\))/ ) };
		// Squeezed to nothing, cut off, or moved out of the page: there, and not to be seen.
		const away = ( x ) => {
			const r = rectOf( x ), how = styleOf( x );
			return r.width < 2 || r.height < 2 || r.right + window.scrollX <= 0 || r.bottom + window.scrollY <= 0 || how.opacity < 0.05 || how.fontSize === '0px' ||
				clippedAway.test( how.clipPath ) || how.clip === 'rect(0px, 0px, 0px, 0px)' || how.clip === 'rect(1px, 1px, 1px, 1px)';
		};
		const visible = ( x ) => isConnected( x ) && checkVisibility( x, { visibilityProperty: true, opacityProperty: true } ) && !away( x );
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
				safely( () => crowd( SETTINGS.names, true ) );
				safely( noteWays );
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
		// Changes by people whom the script may not want to be seen stand in the page's lists, and one by a stranger, alike but for the name.
		const lists = '.mw-changeslist-line, #pagehistory li, .mw-contributions-list > li, .mw-logevent-loglines > li';
		const crowds = []; // { stranger, named: [ [ row, name ] ] }
		const swapped = ( all, had, name ) => {
			const parts = split( all, had );
			let out = parts[ 0 ];
			for ( let i = 1; i < parts.length; i++ ) {
				out += name + parts[ i ];
			}
			return out;
		};
		const underscored = ( name ) => swapped( name, ' ', '_' );
		const escaped = encodeURIComponent;
		// A row of a list, with somebody else's name in it.
		const rowOf = ( row, name ) => {
			const link = elementQuery( row, '.mw-userlink' )[ 0 ];
			const had = link && text( textOf( link ) ).trim();
			if ( !had ) {
				return null;
			}
			const copy = cloneOf( row, true );
			const all = elementQuery( copy, '*' );
			for ( let i = 0; i < all.length; i++ ) {
				const href = getAttribute( all[ i ], 'href' ), title = getAttribute( all[ i ], 'title' );
				if ( href !== null ) {
					setAttribute( all[ i ], 'href', swapped( swapped( href, underscored( had ), escaped( underscored( name ) ) ), escaped( had ), escaped( name ) ) );
				}
				if ( title !== null ) {
					setAttribute( all[ i ], 'title', swapped( title, had, name ) );
				}
				if ( childrenOf( all[ i ] ).length === 0 && text( textOf( all[ i ] ) ).trim() === had ) {
					setText( all[ i ], name );
				}
			}
			return copy;
		};
		// One crowd for each list of the page.
		const crowd = ( names, keep ) => {
			const all = querySelectorAll( document, lists ), parents = new freshMap(), out = [];
			for ( let i = 0; i < all.length && names.length; i++ ) {
				const row = all[ i ], list = parentOf( row );
				if ( !list || mapHas( parents, list ) ) {
					continue;
				}
				mapSet( parents, list, true );
				const one = { stranger: rowOf( row, SETTINGS.stranger ), named: [] };
				if ( !one.stranger ) {
					continue;
				}
				const after = row.nextSibling;
				insertInto( list, one.stranger, after );
				for ( let j = 0; j < names.length; j++ ) {
					const copy = rowOf( row, names[ j ] );
					insertInto( list, copy, after );
					one.named[ j ] = [ copy, names[ j ] ];
				}
				out[ out.length ] = one;
				if ( keep ) {
					crowds[ crowds.length ] = one;
				}
			}
			return out;
		};
		const tellMissing = ( one ) => {
			for ( let i = 0; visible( one.stranger ) && i < one.named.length; i++ ) {
				if ( !visible( one.named[ i ][ 0 ] ) ) {
					tell( 'conceal', 'changes by one person', { t: one.named[ i ][ 1 ] }, '' );
				}
			}
		};
		const compared = { exec: free( RegExp.prototype.exec ).bind( null, /\[[\w-]+[~|^$*]?="((?:[^"\\]|\\.)*)"/ ) };
		// Whom rules of style may mean: what they compare attributes with, behind the namespace.
		const namedByRules = () => {
			const out = [];
			const from = ( rules, depth ) => {
				for ( let i = 0; rules && i < rules.length && i < 500; i++ ) {
					let rest = text( rules[ i ].selectorText || '' );
					for ( let m; out.length < 8 && ( m = compared.exec( rest ) ); rest = slice( rest, m.index + m[ 0 ].length ) ) {
						const value = safely( () => unescaped( m[ 1 ] ) ) || m[ 1 ];
						const parts = split( swapped( value, ':', '/' ), '/' );
						const name = swapped( parts[ parts.length - 1 ], '_', ' ' );
						if ( name.length > 2 ) {
							out[ out.length ] = name;
						}
					}
					if ( depth < 2 ) {
						from( rules[ i ].cssRules, depth + 1 );
					}
				}
			};
			const sheets = document.styleSheets, adopted = document.adoptedStyleSheets;
			for ( let i = 0; i < sheets.length; i++ ) {
				safely( () => sheets[ i ].href || from( sheets[ i ].cssRules, 0 ) );
			}
			for ( let i = 0; i < adopted.length; i++ ) {
				safely( () => from( adopted[ i ].cssRules, 0 ) );
			}
			return out;
		};
		// Whose changes are gone, while a stranger's stand there.
		const oneIsMissing = () => {
			for ( let i = 0; i < crowds.length; i++ ) {
				tellMissing( crowds[ i ] );
			}
			const tried = crowd( namedByRules(), false );
			for ( let i = 0; i < tried.length; i++ ) {
				tellMissing( tried[ i ] );
				removeIt( tried[ i ].stranger );
				for ( let j = 0; j < tried[ i ].named.length; j++ ) {
					removeIt( tried[ i ].named[ j ][ 0 ] );
				}
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
