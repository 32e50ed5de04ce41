		// What the sandbox asks of us comes as an event whose name nobody can guess.
		const labelOf = ( x ) => slice( text( safely( () => getAttribute( x, 'aria-label' ) || getAttribute( x, 'title' ) || getAttribute( x, 'value' ) || textOf( x ) ) || '' ).trim(), 0, 80 );
		const clickable = 'a, button, input, select, textarea, summary, label, [role=button], [role=menuitem], [role=tab], [role=checkbox], [onclick], [contenteditable], .oo-ui-buttonElement-button';
		let targets = [];
		const collect = () => {
			watchMediaWiki();
			const list = [];
			const at = new freshMap();
			const add = ( x, type ) => {
				if ( list.length >= 150 || !x ) {
					return;
				}
				let t = mapGet( at, x );
				if ( !t ) {
					t = { x, types: [] };
					mapSet( at, x, t );
					list[ list.length ] = t;
				}
				if ( type && t.types.indexOf( type ) < 0 ) {
					t.types[ t.types.length ] = type;
				}
			};
			for ( let i = 0; i < made.length; i++ ) {
				const x = made[ i ];
				if ( !safely( () => isConnected( x ) ) ) {
					continue;
				}
				if ( safely( () => x.matches( clickable ) ) ) {
					add( x, '' );
				}
				const inside = safely( () => elementQuery( x, clickable ) ) || [];
				for ( let j = 0; j < inside.length && j < 60; j++ ) {
					add( inside[ j ], '' );
				}
			}
			for ( let i = 0; i < heard.length; i++ ) {
				const [ x, type ] = heard[ i ];
				if ( x === window || x === document ) {
					add( x, type );
				} else if ( x && x.delegated ) {
					const all = safely( () => querySelectorAll( document, x.delegated ) ) || [];
					for ( let j = 0; j < all.length && j < 5; j++ ) {
						add( all[ j ], type );
					}
				} else if ( isElement( x ) && isConnected( x ) ) {
					add( x, type );
				}
			}
			targets = list;
			const out = [];
			for ( let i = 0; i < list.length; i++ ) {
				const { x, types } = list[ i ];
				const row = create( null );
				row.id = i;
				row.sel = selector( x );
				row.types = types;
				if ( isElement( x ) ) {
					row.tag = tagOf( x ).toLowerCase();
					row.label = labelOf( x );
					row.input = getAttribute( x, 'type' ) || '';
					row.href = slice( getAttribute( x, 'href' ) || '', 0, 200 );
					row.seen = visible( x );
				}
				out[ i ] = row;
			}
			return out;
		};
		const place = ( x ) => {
			intoView( x, { block: 'center', inline: 'center', behavior: 'instant' } );
			const r = rectOf( x );
			const out = create( null );
			out.x = r.left + r.width / 2;
			out.y = r.top + r.height / 2;
			const hit = r.width > 0 && r.height > 0 && fromPoint( document, out.x, out.y );
			// What a link of the wiki's says counts; scripts' own do as scripts like, and # says nothing.
			const link = safely( () => closestTo( x, 'a[href]' ) );
			out.to = link && mapHas( wikisLinks, link ) && indexOf( getAttribute( link, 'href' ), '#' ) !== 0 ? slice( text( link.href ), 0, 2000 ) : '';
			out.hit = Boolean( hit && ( hit === x || contains( x, hit ) || contains( hit, x ) ) );
			return out;
		};
		const make = ( type ) => {
			const how = { bubbles: true, cancelable: true, composed: true, view: window };
			if ( type === 'click' || type === 'dblclick' || type === 'contextmenu' || indexOf( type, 'mouse' ) === 0 ) {
				return new MouseEv( type, how );
			}
			if ( indexOf( type, 'key' ) === 0 ) {
				return new KeyEv( type, { bubbles: true, cancelable: true, composed: true, key: 'a', code: 'KeyA' } );
			}
			if ( type === 'copy' || type === 'paste' || type === 'cut' ) {
				return new ClipEv( type, { bubbles: true, cancelable: true, composed: true } );
			}
			if ( indexOf( type, 'touch' ) === 0 ) { // from the right to the left
				const touch = new Finger( { identifier: 1, target: document.body, clientX: type === 'touchstart' ? 320 : 120, clientY: 200 } );
				return new TouchEv( type, { bubbles: true, cancelable: true, composed: true, touches: type === 'touchend' ? [] : [ touch ], changedTouches: [ touch ] } );
			}
			if ( indexOf( type, 'drag' ) === 0 || type === 'drop' ) {
				return new DragEv( type, { bubbles: true, cancelable: true, composed: true, dataTransfer: new Carried() } );
			}
			if ( indexOf( type, 'pointer' ) === 0 ) {
				return new PointerEv( type, { bubbles: true, cancelable: true, composed: true, view: window, isPrimary: true } );
			}
			if ( type === 'wheel' ) {
				return new WheelEv( type, { bubbles: true, cancelable: true, composed: true, deltaY: 120 } );
			}
			return new Ev( type, { bubbles: true, cancelable: true, composed: true } );
		};
		const orders = {
			__proto__: null,
			targets: () => collect(),
			place: ( o ) => targets[ o.id ] && isElement( targets[ o.id ].x ) ? place( targets[ o.id ].x ) : null,
			spot( o ) {
				const x = querySelectorAll( document, o.sel )[ 0 ];
				return x && visible( x ) ? place( x ) : null;
			},
			press( o ) {
				const t = targets[ o.id ];
				if ( !t ) {
					return false;
				}
				if ( o.type === 'click' && isElement( t.x ) && t.x.click ) {
					click( t.x );
				} else {
					dispatch( t.x, make( o.type ) );
				}
				return true;
			},
			fill( o ) {
				const x = targets[ o.id ] && targets[ o.id ].x;
				if ( !x ) {
					return false;
				}
				const d = getOwnPropertyDescriptor( getPrototypeOf( x ), 'value' );
				if ( d && d.set ) {
					apply( d.set, x, [ o.text ] );
				}
				for ( const type of [ 'input', 'change', 'keyup' ] ) {
					dispatch( x, make( type ) );
				}
				return true;
			},
			// A file is chosen: a picture of one pixel, as far as its beginning goes.
			attach( o ) {
				const x = targets[ o.id ] && targets[ o.id ].x;
				if ( !x ) {
					return false;
				}
				const carried = new Carried();
				carried.items.add( new OneFile( [ new Uint8Array( [ 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a ] ), 'lamp' ], 'Harbour lights at dusk.png', { type: 'image/png' } ) );
				x.files = carried.files;
				for ( const type of [ 'input', 'change' ] ) {
					dispatch( x, make( type ) );
				}
				return true;
			},
			choose( o ) {
				const x = targets[ o.id ] && targets[ o.id ].x;
				if ( x && x.options && x.options.length > 1 ) {
					x.selectedIndex = ( x.selectedIndex + 1 ) % x.options.length;
					dispatch( x, make( 'change' ) );
				}
				return true;
			},
			// Something in the page goes wrong, for those who wait for that.
			fault() {
				for ( let i = 0; i < heard.length; i++ ) {
					if ( heard[ i ][ 0 ] === window && heard[ i ][ 1 ] === 'error' ) {
						dispatch( window, new ErrorEv( 'error', { message: 'Uncaught Error: lamp', filename: here(), lineno: 1, colno: 1, error: new Err( 'lamp' ) } ) );
						return true;
					}
				}
				return false;
			},
			// What is hidden by now, and what has been laid out to be sent.
			look() {
				hidden();
				safely( hidesByRules );
				safely( oneIsMissing );
				safely( waysOut );
				return true;
			},
			hooks() {
				fireUnfired();
				return true;
			},
			// What scripts wait for the mouse on, by its selector, and is not on this page.
			lacking() {
				const out = [];
				for ( let i = 0; i < heard.length && out.length < 10; i++ ) {
					const sel = heard[ i ][ 0 ] && heard[ i ][ 0 ].delegated;
					if ( sel && !safely( () => querySelectorAll( document, sel ).length ) && out.indexOf( sel ) < 0 ) {
						out[ out.length ] = sel;
					}
				}
				return out;
			},
			put( o ) {
				const x = querySelectorAll( document, '#mw-content-text' )[ 0 ];
				if ( x ) {
					addMarkup( x, 'afterbegin', o.html );
				}
				return true;
			},
			// A list goes on growing, where the wiki shows changes as they come.
			grow() {
				crowd( SETTINGS.names, true );
				return true;
			},
			end() {
				orders.look();
				safely( poisoned );
				replaced();
				return { started: before !== null };
			}
		};
		if ( top ) {
			listen( window, SETTINGS.secret, ( e ) => {
				stop( e );
				let answer = null;
				try {
					const order = parse( detailOf( e ) );
					answer = orders[ order.do ]( order );
				} catch ( err ) {
					answer = { error: text( err ) };
				}
				const event = create( null );
				event.k = 'answer';
				event.v = answer;
				emit( stringify( event ) );
			}, true );
		}
	}
