	// What only documents have.
	if ( inDocument ) {
		const made = [];     // elements that scripts put into the page
		const heard = [];    // what they listen to: [ target, type ]
		const top = safely( () => window.top === window ) === true;

		const idOf = free( getOwnPropertyDescriptor( Element.prototype, 'id' ).get );
		const tagOf = free( getOwnPropertyDescriptor( Element.prototype, 'tagName' ).get );
		const classOf = free( getOwnPropertyDescriptor( Element.prototype, 'className' ).get );
		const getAttribute = free( Element.prototype.getAttribute ), querySelectorAll = free( Document.prototype.querySelectorAll );
		const elementQuery = free( Element.prototype.querySelectorAll );
		const rectOf = free( Element.prototype.getBoundingClientRect ), intoView = free( Element.prototype.scrollIntoView );
		const isConnected = free( getOwnPropertyDescriptor( Node.prototype, 'isConnected' ).get );
		const contains = free( Node.prototype.contains ), textOf = free( getOwnPropertyDescriptor( Node.prototype, 'textContent' ).get );
		const dispatch = free( EventTarget.prototype.dispatchEvent ), click = free( HTMLElement.prototype.click );
		const listen = free( EventTarget.prototype.addEventListener ), stop = free( Event.prototype.stopImmediatePropagation );
		const fromPoint = free( Document.prototype.elementFromPoint );
		const checkVisibility = free( Element.prototype.checkVisibility );
		const detailOf = free( getOwnPropertyDescriptor( CustomEvent.prototype, 'detail' ).get );
		const childrenOf = free( getOwnPropertyDescriptor( Element.prototype, 'children' ).get ), parentOf = free( getOwnPropertyDescriptor( Node.prototype, 'parentNode' ).get );
		const closestTo = free( Element.prototype.closest ), cloneOf = free( Node.prototype.cloneNode ), insertInto = free( Node.prototype.insertBefore ), removeIt = free( Element.prototype.remove );
		const addMarkup = free( Element.prototype.insertAdjacentHTML );
		const setAttribute = free( Element.prototype.setAttribute ), setText = free( getOwnPropertyDescriptor( Node.prototype, 'textContent' ).set );
		const styleOf = free( window.getComputedStyle ).bind( null, window );
		const isElement = ( x ) => safely( () => typeof tagOf( x ) === 'string' ) === true;
		const { File: OneFile, DataTransfer: Carried } = window;
		const { Event: Ev, ErrorEvent: ErrorEv, MouseEvent: MouseEv, KeyboardEvent: KeyEv, ClipboardEvent: ClipEv, TouchEvent: TouchEv, Touch: Finger, DragEvent: DragEv, PointerEvent: PointerEv, WheelEvent: WheelEv } = window;

		const selector = ( x ) => {
			if ( x === window ) {
				return 'window';
			}
			if ( x === document ) {
				return 'document';
			}
			if ( !isElement( x ) ) {
				return '';
			}
			if ( x === document.body ) {
				return 'body';
			}
			if ( idOf( x ) ) {
				return '#' + idOf( x );
			}
			const classes = classOf( x );
			const type = getAttribute( x, 'type' );
			return tagOf( x ).toLowerCase() + ( type ? '[type=' + type + ']' : '' ) + ( typeof classes === 'string' && classes ? '.' + split( classes, ' ' )[ 0 ] : '' );
		};

		const hear = ( target, type, at, on ) => {
			tell( 'listen', type, { on: on || selector( target ) }, at );
			if ( heard.length < 500 ) {
				heard[ heard.length ] = [ target, type ];
			}
		};
		wrap( EventTarget.prototype, 'addEventListener', ( self, args ) => byScript( ( at ) => hear( self === undefined || self === null ? window : self, text( args[ 0 ] ), at ) ) );
		for ( const type of [ 'click', 'keydown', 'keyup', 'keypress', 'input', 'change', 'submit', 'paste', 'copy', 'cut', 'mousemove', 'mousedown', 'mouseup', 'mouseover', 'focus', 'blur', 'scroll',
			'wheel', 'message', 'beforeunload', 'unload', 'pagehide', 'storage', 'contextmenu', 'dblclick', 'touchstart', 'pointerdown', 'pointermove', 'visibilitychange', 'hashchange', 'popstate' ] ) {
			for ( const owner of [ window, Document.prototype, HTMLElement.prototype, HTMLBodyElement.prototype ] ) {
				wrapAccessor( owner, 'on' + type, null, ( self, v ) => typeof v === 'function' && byScript( ( at ) => hear( self === undefined ? window : self, type, at ) ) );
			}
		}

		wrapAccessor( window, 'onerror', null, ( self, v ) => typeof v === 'function' && byScript( ( at ) => hear( window, 'error', at ) ) );

		// Elements that scripts make. One with code in it runs as soon as it is in the page.
		const makes = ( node, at ) => {
			if ( !isElement( node ) ) {
				return;
			}
			if ( made.length < 2000 ) {
				made[ made.length ] = node;
			}
			if ( tagOf( node ) === 'SCRIPT' && !getAttribute( node, 'src' ) && ( !getAttribute( node, 'type' ) || isCode.test( getAttribute( node, 'type' ) ) ) && textOf( node ) ) {
				tell( 'code', 'inline', { t: slice( textOf( node ), 0, 2000 ) }, at );
			}
		};
		const isCode = { test: free( RegExp.prototype.test ).bind( null, /javascript|ecmascript|^module$/i ) };
		const addsSome = ( args, n ) => byScript( ( at ) => {
			for ( let i = 0; i < n; i++ ) {
				makes( args[ i ], at );
				if ( args[ i ] && typeof args[ i ] === 'object' && args[ i ].nodeType === 11 ) {
					const inside = args[ i ].children;
					for ( let j = 0; inside && j < inside.length; j++ ) {
						makes( inside[ j ], at );
					}
				}
			}
		} );
		const adds = ( self, args ) => addsSome( args, args.length );
		for ( const name of [ 'insertBefore', 'replaceChild' ] ) { // the second node is the page's
			wrap( Node.prototype, name, ( self, args ) => addsSome( args, 1 ) );
		}
		for ( const [ owner, names ] of [ [ Node.prototype, [ 'appendChild' ] ],
			[ Element.prototype, [ 'append', 'prepend', 'before', 'after', 'replaceWith', 'insertAdjacentElement', 'replaceChildren' ] ],
			[ DocumentFragment.prototype, [ 'append', 'prepend' ] ] ] ) {
			for ( const name of names ) {
				wrap( owner, name, adds );
			}
		}
		const fills = ( self ) => byScript( () => makes( self ) );
		wrapAccessor( Element.prototype, 'innerHTML', null, fills );
		wrapAccessor( Element.prototype, 'outerHTML', null, ( self ) => byScript( () => makes( self.parentElement ) ) );
		wrap( Element.prototype, 'insertAdjacentHTML', fills );

		// An attribute that is code.
		wrap( Element.prototype, 'setAttribute', ( self, args ) => {
			if ( typeof args[ 1 ] === 'string' && args[ 1 ] && slice( text( args[ 0 ] ), 0, 2 ).toLowerCase() === 'on' ) {
				byScript( ( at ) => tell( 'code', 'attribute', { t: slice( args[ 1 ], 0, 2000 ) }, at ) );
			}
		} );

		// Secrets and what is kept.
		const cookieOwner = Document.prototype, unescaped = decodeURIComponent;
		// The value of a cookie that is set, as whoever reads it would spell it.
		const plainCookie = ( v ) => {
			const value = split( slice( text( v ), indexOf( text( v ), '=' ) + 1, 1500 ), ';' )[ 0 ];
			return slice( safely( () => unescaped( value ) ) || value, 0, 500 );
		};
		wrapAccessor( cookieOwner, 'cookie', () => byScript( ( at ) => tell( 'cookie', '', null, at ) ), ( self, v ) => byScript( ( at ) => tell( 'storage', split( text( v ), '=' )[ 0 ], { a: 'set', on: 'cookie', t: plainCookie( v ) }, at ) ) );
		const local = safely( () => window.localStorage );
		const kindOf = ( self ) => self === local ? 'localStorage' : 'sessionStorage';
		const kept = local ? free( Storage.prototype.getItem ) : () => null;
		// Text in a module store that was not there before is code that runs on the next page; what is only thrown away is not.
		const addsModule = ( had, now ) => {
			const before = safely( () => parse( had ).items ) || {}, after = safely( () => parse( now ).items ) || {};
			for ( const name of ownKeys( after ) ) {
				if ( typeof after[ name ] === 'string' && after[ name ] !== before[ name ] ) {
					return true;
				}
			}
			return false;
		};
		// Who looks for something in the text of a module to put more there, and keeps the modules then, would have added to it where it is.
		let reworked = false;
		for ( const name of SETTINGS.stored ? [ 'replace', 'replaceAll' ] : [] ) {
			wrap( text.prototype, name, ( self, args ) => {
				if ( typeof self === 'string' && args[ 1 ] !== '' && self.length < 5000 && indexOf( self, SETTINGS.mark ) >= 0 ) {
					byScript( () => {
						reworked = true;
					} );
				}
			} );
		}
		wrap( Storage.prototype, 'getItem', ( self, args ) => byScript( ( at ) => tell( 'storage', text( args[ 0 ] ), { a: 'get', on: kindOf( self ) }, at ) ) );
		wrap( Storage.prototype, 'setItem', ( self, args ) => byScript( ( at ) => {
			const key = text( args[ 0 ] );
			tell( 'storage', key, { a: 'set', on: kindOf( self ), t: slice( text( args[ 1 ] ), 0, 500 ) }, at );
			if ( indexOf( key, 'MediaWikiModuleStore' ) >= 0 && ( reworked || addsModule( kept( self, key ), text( args[ 1 ] ) ) ) ) {
				tell( 'persist', 'module store', null, at );
			}
		} ) );
		wrap( Storage.prototype, 'removeItem', ( self, args ) => byScript( ( at ) => tell( 'storage', text( args[ 0 ] ), { a: 'remove', on: kindOf( self ) }, at ) ) );
		wrap( Storage.prototype, 'clear', ( self ) => byScript( ( at ) => tell( 'storage', '', { a: 'clear', on: kindOf( self ) }, at ) ) );
		wrap( window.ServiceWorkerContainer && ServiceWorkerContainer.prototype, 'register', ( self, args ) => byScript( ( at ) => {
			tell( 'worker', text( args[ 0 ] ), { how: 'service' }, at );
			tell( 'persist', 'service worker', { u: text( args[ 0 ] ) }, at );
		} ) );
		if ( top && SETTINGS.storage && local ) {
			safely( () => {
				if ( apply( getOwnPropertyDescriptor( Storage.prototype, 'length' ).get, local, [] ) === 0 ) {
					local[ SETTINGS.storageKey ] = SETTINGS.storage;
					for ( let i = 0; i < SETTINGS.kept; i++ ) {
						local[ 'mwuser-lamp-' + i ] = '{"lamp":' + i + '}';
					}
				}
				for ( const key of SETTINGS.stores ) {
					if ( local[ key ] === undefined ) {
						local[ key ] = SETTINGS.store;
					}
				}
			} );
		}

		// Rules by which the browser fetches pages ahead: it does so by itself, when and if it likes, past all that could see it.
		const hints = { test: free( RegExp.prototype.test ).bind( null, /dns-prefetch|preconnect/i ) };
		const ahead = ( node ) => {
			if ( isElement( node ) && tagOf( node ) === 'SCRIPT' && text( getAttribute( node, 'type' ) ).trim().toLowerCase() === 'speculationrules' ) {
				tell( 'ahead', '', { t: slice( textOf( node ), 0, 8000 ) }, '' );
			}
			// A host that is only named is looked up all the same, and its name may say much.
			if ( isElement( node ) && tagOf( node ) === 'LINK' && hints.test( text( getAttribute( node, 'rel' ) ) ) ) {
				const to = new URL( text( getAttribute( node, 'href' ) ), location.href );
				const links = querySelectorAll( document, 'a[href]' );
				let linked = false; // where a link leads may be looked up before it is pressed
				for ( let i = 0; i < links.length && i < 2000 && !linked; i++ ) {
					linked = links[ i ].hostname === to.hostname;
				}
				if ( !linked ) {
					tell( 'hint', '', { u: slice( to.href, 0, 2000 ) }, '' );
				}
			}
		};
		const watchRules = new MutationObserver( ( records ) => safely( () => {
			for ( let i = 0; i < records.length; i++ ) {
				const { target, addedNodes } = records[ i ];
				ahead( target );
				for ( let j = 0; j < addedNodes.length; j++ ) {
					ahead( addedNodes[ j ] );
					const inside = isElement( addedNodes[ j ] ) ? elementQuery( addedNodes[ j ], 'script[type], link[rel]' ) : [];
					for ( let k = 0; k < inside.length; k++ ) {
						ahead( inside[ k ] );
					}
				}
			}
		} ) );
		watchRules.observe( document, { childList: true, subtree: true } );

		// What the browser will send by itself once somebody presses a link, or sends a form, that the wiki made.
		const wikisForms = new freshMap(), wikisLinks = new freshMap();
		const foreignTo = ( address ) => {
			const to = safely( () => new URL( address, document.baseURI ) );
			return to && to.host && to.host !== location.host && indexOf( to.protocol, 'http' ) === 0 ? slice( to.href, 0, 2000 ) : '';
		};
		const noteWays = () => {
			const forms = querySelectorAll( document, 'form' ), links = querySelectorAll( document, 'a[href]' );
			for ( let i = 0; i < forms.length; i++ ) {
				mapSet( wikisForms, forms[ i ], getAttribute( forms[ i ], 'action' ) || '' );
			}
			for ( let i = 0; i < links.length; i++ ) {
				mapSet( wikisLinks, links[ i ], true );
			}
		};
		const waysOut = () => {
			const told = create( null );
			let n = 0;
			const way = ( how, address ) => {
				const to = foreignTo( address );
				if ( to && !told[ to ] && n++ < 40 ) {
					told[ to ] = true;
					tell( 'way', '', { how, u: to }, '' );
				}
			};
			const pings = querySelectorAll( document, 'a[ping], area[ping]' );
			for ( let i = 0; i < pings.length; i++ ) {
				for ( const address of split( getAttribute( pings[ i ], 'ping' ), ' ' ) ) {
					way( 'ping', address );
				}
			}
			const links = querySelectorAll( document, 'a[href]' );
			for ( let i = 0; i < links.length && i < 3000; i++ ) {
				way( 'link', getAttribute( links[ i ], 'href' ) );
			}
			const forms = querySelectorAll( document, 'form' );
			for ( let i = 0; i < forms.length; i++ ) {
				const had = mapGet( wikisForms, forms[ i ] ), buttons = elementQuery( forms[ i ], '[formaction]' );
				if ( had === undefined || foreignTo( had ) || ( getAttribute( forms[ i ], 'method' ) || '' ).toLowerCase() !== 'post' ) {
					continue; // the script's own, or one that asks: people may have their searches where they like
				}
				way( 'form', getAttribute( forms[ i ], 'action' ) || '' );
				for ( let j = 0; j < buttons.length; j++ ) {
					way( 'form', getAttribute( buttons[ j ], 'formaction' ) );
				}
			}
		};

		// What stands behind # is never sent, but the page that it leads to can read it; so can a frame what it is told.
		const nameOf = getOwnPropertyDescriptor( window, 'name' ).get;
		if ( window.navigation ) {
			listen( navigation, 'navigate', ( e ) => safely( () => {
				const to = e.destination.url;
				const name = apply( nameOf, window, [] ); // stays with the window, wherever that goes
				if ( !e.destination.sameDocument && ( indexOf( to, '#' ) >= 0 || name ) ) {
					tell( 'told', '', { how: 'navigate', u: slice( to, 0, 2000 ), t: slice( name, 0, 2000 ) }, callers() );
				}
			} ) );
		}
		wrap( window, 'open', ( self, args ) => byScript( ( at ) => {
			const to = new URL( text( args[ 0 ] ), location.href ).href;
			if ( indexOf( to, '#' ) >= 0 ) {
				tell( 'told', '', { how: 'navigate', u: slice( to, 0, 2000 ) }, at );
			}
		} ) );
		if ( !top ) {
			listen( window, 'message', ( e ) => safely( () => {
				const said = typeof e.data === 'string' ? e.data : stringify( e.data );
				tell( 'told', '', { how: 'message', u: location.href, t: slice( text( said ), 0, 2000 ) }, '' );
			} ), true );
			safely( () => location.hash && tell( 'told', '', { how: 'frame', u: slice( location.href, 0, 2000 ) }, '' ) );
		}
