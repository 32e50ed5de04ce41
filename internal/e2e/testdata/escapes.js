// Ways out of a page, tried on a page of the wiki. Each runs in a window of its own site's page and tries to reach `out`, an
// address of a host that exists for this one way only. What a page's script could do to a person is not in here: a request
// without content is all that a witness needs to see.
//
//	does   what the script does, for the table in docs/csp.md
//	run    does it; out is "http://NAME.test:PORT/"
//	why    why no Content Security Policy stops it
//	page   which page it needs: windows hide theirs, and then nothing is drawn; some take the page away
//	sign   how its violation is told, when that does not name the host
( function () {
	'use strict';

	const told = window.told = []; // "directive blocked-uri", of this page and of what it made
	const tell = ( e ) => told.push( e.effectiveDirective + ' ' + e.blockedURI );
	document.addEventListener( 'securitypolicyviolation', tell );

	const put = ( name, attributes, into ) => {
		const e = document.createElement( name );
		for ( const [ k, v ] of Object.entries( attributes || {} ) ) {
			e.setAttribute( k, v );
		}
		return ( into || document.body ).appendChild( e );
	};
	const html = ( text ) => put( 'div' ).insertAdjacentHTML( 'beforeend', text );
	const blob = ( text, type ) => URL.createObjectURL( new Blob( [ text ], { type } ) );
	const wiki = ( query ) => mw.config.get( 'wgScript' ) + '?' + query;
	const load = ( query ) => mw.util.wikiScript( 'load' ) + '?' + query;

	// A frame or a window of ours, with its own policy, from which a request is made once it is there.
	const inside = async ( view, out ) => {
		for ( let i = 0; i < 600; i++ ) {
			try {
				if ( view.document.readyState === 'complete' && ( view.location.href !== 'about:blank' || view.blank ) ) {
					break;
				}
			} catch ( e ) {
				return; // it is nobody's: an error page
			}
			await new Promise( ( r ) => setTimeout( r, 50 ) );
		}
		view.document.addEventListener( 'securitypolicyviolation', tell );
		await view.fetch( out, { mode: 'no-cors' } ).catch( () => {} );
	};
	const frame = ( attributes ) => ( out ) => inside( put( 'iframe', attributes() ).contentWindow, out );
	const popup = ( address ) => ( out ) => inside( window.open( address() ), out );
	const blank = ( view, out ) => {
		view.blank = true;
		return inside( view, out );
	};

	const inWorker = 'addEventListener( "securitypolicyviolation", ( e ) => postMessage( e.effectiveDirective + " " + e.blockedURI ) );';
	const fetching = inWorker + 'onmessage = ( e ) => { fetch( e.data, { mode: "no-cors" } ).catch( () => {} ); };';
	const ask = ( worker, out ) => {
		worker.onmessage = ( e ) => told.push( e.data );
		worker.postMessage( out );
	};
	const worker = ( address ) => ( out ) => ask( new Worker( address() ), out );

	const raw = () => wiki( 'title=MediaWiki:Worker.js&action=raw&ctype=text/javascript' );
	const site = () => load( 'modules=site&only=scripts' );
	const api = () => mw.util.wikiScript( 'api' ) + '?action=query&format=json';

	// A host that browsers trust without TLS, for what they only do with hosts they trust.
	const trusted = ( out ) => out.replace( '.test:', '.localhost:' );

	const navigation = 'No directive is about where a person goes: `navigate-to` was taken out of the standard.';
	const early = 'Chromium connects before it asks the policy. Only the name gets out.';

	window.escapes = {
		// Requests
		'fetch': { does: '`fetch()`', run: ( out ) => fetch( out, { mode: 'no-cors' } ).catch( () => {} ) },
		'fetch-keepalive': { does: '`fetch()` with `keepalive`', run: ( out ) => fetch( out, { mode: 'no-cors', keepalive: true } ).catch( () => {} ) },
		'fetch-later': { does: '`fetchLater()`', run: ( out ) => { fetchLater( out.replace( 'http:', 'https:' ), { activateAfter: 0 } ); } },
		'xhr': { does: '`XMLHttpRequest`', run: ( out ) => { const x = new XMLHttpRequest(); x.open( 'GET', out ); x.send(); } },
		'beacon': { does: '`navigator.sendBeacon()`', run: ( out ) => { navigator.sendBeacon( out, 'x' ); } },
		'event-source': { does: '`EventSource`', run: ( out ) => { new EventSource( out ); } },
		'web-socket': { does: '`WebSocket`', run: ( out ) => { new WebSocket( out.replace( 'http:', 'ws:' ) ); } },
		'web-transport': { does: '`WebTransport`', run: ( out ) => { new WebTransport( out.replace( 'http:', 'https:' ) ).ready.catch( () => {} ); } },
		'web-rtc': {
			does: 'WebRTC: a TURN server', why: 'No directive stops it: browsers have not built the standard\'s `webrtc`.',
			run: async ( out ) => {
				const c = new RTCPeerConnection( { iceServers: [ { urls: 'turn:127.0.0.1:' + new URL( out ).port + '?transport=tcp', username: 'x', credential: 'x' } ] } );
				c.createDataChannel( 'x' );
				await c.setLocalDescription();
			}
		},
		'ping': { does: '`<a ping>`', run: ( out ) => { put( 'a', { ping: out, href: '#ping' } ).click(); } },
		'cache-add': { does: '`Cache.add()`', run: async ( out ) => { await ( await caches.open( 'x' ) ).add( new Request( out, { mode: 'no-cors' } ) ).catch( () => {} ); } },
		'web-assembly': { does: '`WebAssembly.compileStreaming()`', run: ( out ) => WebAssembly.compileStreaming( fetch( out ) ).catch( () => {} ) },
		'payment': { does: '`PaymentRequest` with an address as its method', run: ( out ) => new PaymentRequest( [ { supportedMethods: trusted( out ) } ], { total: { label: 'x', amount: { currency: 'EUR', value: '1' } } } ).canMakePayment().catch( () => {} ) },
		'login': { does: '`navigator.credentials.get()` with a foreign provider', run: ( out ) => navigator.credentials.get( { identity: { providers: [ { configURL: trusted( out ) + 'x.json', clientId: 'x' } ] } } ).catch( () => {} ) },

		// Code
		'script': { does: '`<script src>`', run: ( out ) => { put( 'script', { src: out } ); } },
		'script-module': { does: '`<script type=module>`', run: ( out ) => { put( 'script', { src: out, type: 'module' } ); } },
		'import': { does: '`import()`', run: ( out ) => import( out ).catch( () => {} ) },
		'import-json': { does: '`import()` of JSON', run: ( out ) => import( out, { with: { type: 'json' } } ).catch( () => {} ) },
		'import-css': { does: '`import()` of CSS', run: ( out ) => import( out, { with: { type: 'css' } } ).catch( () => {} ) },
		'worklet': { does: '`audioWorklet.addModule()`', run: ( out ) => new OfflineAudioContext( 1, 1, 44100 ).audioWorklet.addModule( out ).catch( () => {} ) },
		'worker-foreign': { does: '`new Worker()` of the foreign address', run: ( out ) => { try { new Worker( out ); } catch ( e ) {} } },
		'worker-load': { does: 'A worker made of `load.php`', run: worker( site ) },
		'worker-raw': { does: 'A worker made of a page with `action=raw`', run: worker( raw ) },
		'worker-blob': { does: 'A worker made of a `blob:`', run: worker( () => blob( fetching, 'text/javascript' ) ) },
		'worker-data': { does: 'A worker made of a `data:` address', sign: 'worker-src data', run: worker( () => 'data:text/javascript,' + encodeURIComponent( fetching ) ) },
		'worker-shared': {
			does: 'A shared worker made of `load.php`',
			run: ( out ) => { const w = new SharedWorker( site() ); w.port.onmessage = ( e ) => told.push( e.data ); w.port.postMessage( out ); }
		},
		'worker-import-scripts': { does: '`importScripts()` in a worker', run: worker( () => blob( inWorker + 'onmessage = ( e ) => importScripts( e.data );', 'text/javascript' ) ) },
		'worker-import': { does: '`import()` in a worker', run: worker( () => blob( inWorker + 'onmessage = ( e ) => { import( e.data ).catch( () => {} ); };', 'text/javascript' ) ) },
		'worker-in-worker': {
			does: 'A worker made of a `blob:` by a worker',
			run: worker( () => blob( 'onmessage = ( e ) => { const w = new Worker( URL.createObjectURL( new Blob( [ ' + JSON.stringify( fetching ) + ' ] ) ) ); w.onmessage = ( m ) => postMessage( m.data ); w.postMessage( e.data ); };', 'text/javascript' ) )
		},
		'service-worker': {
			does: 'A service worker made of a page with `action=raw`',
			run: async ( out ) => {
				const r = await navigator.serviceWorker.register( raw(), { scope: wiki( 'title=Nowhere' ) } ).catch( () => {} );
				if ( r ) {
					( r.installing || r.waiting || r.active ).postMessage( out );
				}
			}
		},

		// Documents
		'frame': { does: '`<iframe>` of the foreign address', why: early, run: ( out ) => { put( 'iframe', { src: out } ); } },
		'frame-blank': { does: 'An empty `<iframe>`', run: ( out ) => blank( put( 'iframe' ).contentWindow, out ) },
		'frame-srcdoc': { does: '`<iframe srcdoc>`', run: frame( () => ( { srcdoc: 'x' } ) ) },
		'frame-page': { does: 'A frame of a page of the wiki', run: frame( () => ( { src: wiki( 'title=Nowhere&useskin=fallback' ) } ) ) },
		'frame-raw': { does: 'A frame of a page with `action=raw`', run: frame( () => ( { src: raw() } ) ) },
		'frame-load': { does: 'A frame of what `load.php` answers', run: frame( () => ( { src: site() } ) ) },
		'frame-api': { does: 'A frame of what `api.php` answers', run: frame( () => ( { src: api() } ) ) },
		'frame-rest': { does: 'A frame of what `rest.php` answers', run: frame( () => ( { src: mw.util.wikiScript( 'rest' ) + '/v1/page/Sandbox/bare' } ) ) },
		'frame-picture': { does: 'A frame of a picture of the software\'s', run: frame( () => ( { src: mw.config.get( 'wgScriptPath' ) + '/resources/assets/poweredby_mediawiki_88x31.png' } ) ) },
		'frame-404': { does: 'A frame of an address that is not there', run: frame( () => ( { src: '/no/such/file' } ) ) },
		'frame-own': { does: 'A frame of a page of Sallyport\'s', run: frame( () => ( { src: '/sallyport/' } ) ) },
		'frame-blob': { does: 'A frame of a `blob:`', sign: 'frame-src blob', run: frame( () => ( { src: blob( 'x', 'text/html' ) } ) ) },
		'frame-data': { does: 'A frame of a `data:` address', sign: 'frame-src data', run: ( out ) => { put( 'iframe', { src: 'data:text/html,' + encodeURIComponent( '<img src="' + out + '">' ) } ); } },
		'frame-script': { does: 'A frame of a `javascript:` address', run: ( out ) => { put( 'iframe', { src: 'javascript:void fetch( "' + out + '", { mode: "no-cors" } )' } ); } },
		'popup': { does: '`window.open()` of the foreign address', page: 'windows', why: navigation, run: ( out ) => { window.open( out ); } },
		'popup-blank': { does: '`window.open()` of nothing', page: 'windows', run: ( out ) => blank( window.open( '' ), out ) },
		'popup-page': { does: '`window.open()` of a page of the wiki', page: 'windows', run: popup( () => wiki( 'title=Nowhere' ) ) },
		'popup-api': { does: '`window.open()` of what `api.php` answers', page: 'windows', run: popup( api ) },
		'popup-raw': { does: '`window.open()` of a page with `action=raw`', page: 'windows', run: popup( raw ) },
		'popup-404': { does: '`window.open()` of an address that is not there', page: 'windows', run: popup( () => '/no/such/file' ) },
		'popup-blob': { does: '`window.open()` of a `blob:`', page: 'windows', run: popup( () => blob( 'x', 'text/html' ) ) },
		'popup-script': { does: '`window.open()` of a `javascript:` address', page: 'windows', run: ( out ) => { window.open( 'javascript:void fetch( "' + out + '", { mode: "no-cors" } )' ); } },
		'object': { does: '`<object>`', run: ( out ) => { put( 'object', { data: out } ); } },
		'embed': { does: '`<embed>`', run: ( out ) => { put( 'embed', { src: out } ); } },
		'form': { does: 'A form, into a frame', why: early, run: ( out ) => { put( 'iframe', { name: 'form' } ); put( 'form', { action: out, target: 'form', method: 'post' } ).submit(); } },
		'form-window': { does: 'A form, into a window', why: early, page: 'windows', run: ( out ) => { put( 'form', { action: out, target: '_blank' } ).submit(); } },
		'location': { does: '`location =`', page: 'location', why: navigation, run: ( out ) => { location = out; } },
		'link-click': { does: 'A click on a link', page: 'link-click', why: navigation, run: ( out ) => { put( 'a', { href: out } ).click(); } },
		'meta-refresh': { does: '`<meta http-equiv=refresh>`', page: 'meta-refresh', why: navigation, run: ( out ) => { put( 'meta', { 'http-equiv': 'refresh', content: '0; url=' + out }, document.head ); } },
		'base': { does: '`<base href>` and a relative address', page: 'base', sign: 'base-uri http', run: ( out ) => { put( 'base', { href: out }, document.head ); put( 'img', { src: 'x' } ); } },
		'speculation': { does: 'Speculation rules', why: 'Chromium holds them to no directive but the one for inline scripts, which MediaWiki needs.', run: ( out ) => { put( 'script', { type: 'speculationrules' } ).textContent = JSON.stringify( { prefetch: [ { source: 'list', urls: [ trusted( out ) ], eagerness: 'immediate' } ] } ); } },
		'xslt': { does: 'XML with a foreign style sheet (XSLT)', run: ( out ) => { put( 'iframe', { src: blob( '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="' + out + '"?><x/>', 'text/xml' ) } ); } },
		'xml-css': { does: 'XML with a foreign style sheet (CSS), in a window', page: 'windows', run: ( out ) => { window.open( blob( '<?xml version="1.0"?><?xml-stylesheet type="text/css" href="' + out + '"?><x/>', 'text/xml' ) ); } },
		'meta-report': { does: 'A policy in `<meta>` that reports to the foreign address', run: ( out ) => { put( 'iframe', { srcdoc: '<meta http-equiv="Content-Security-Policy" content="img-src \'none\'; report-uri ' + out + '"><img src="/x">' } ); } },

		// Links
		'prefetch': { does: '`<link rel=prefetch>`', run: ( out ) => { put( 'link', { rel: 'prefetch', href: out }, document.head ); } },
		'dictionary': { does: '`<link rel=compression-dictionary>`', run: ( out ) => { put( 'link', { rel: 'compression-dictionary', href: trusted( out ) }, document.head ); } },
		'preload': { does: '`<link rel=preload>`', run: ( out ) => { put( 'link', { rel: 'preload', as: 'fetch', href: out }, document.head ); } },
		'module-preload': { does: '`<link rel=modulepreload>`', run: ( out ) => { put( 'link', { rel: 'modulepreload', href: out }, document.head ); } },
		'icon': { does: '`<link rel=icon>`', run: ( out ) => { put( 'link', { rel: 'icon', href: out }, document.head ); } },

		// Pictures, styles, media
		'image': { does: '`new Image().src`', run: ( out ) => { new Image().src = out; } },
		'image-srcset': { does: '`<img srcset>`', run: ( out ) => { put( 'img', { srcset: out + ' 1x' } ); } },
		'image-source': { does: '`<picture><source srcset>`', run: ( out ) => { html( '<picture><source srcset="' + out + '"><img></picture>' ); } },
		'image-input': { does: '`<input type=image>`', run: ( out ) => { put( 'input', { type: 'image', src: out } ); } },
		'image-body': { does: '`<table background>`', run: ( out ) => { put( 'table', { background: out } ); } },
		'video': { does: '`<video src>`', run: ( out ) => { put( 'video', { src: out } ).load(); } },
		'video-poster': { does: '`<video poster>`', run: ( out ) => { put( 'video', { poster: out } ); } },
		'audio': { does: '`<audio src>`', run: ( out ) => { put( 'audio', { src: out } ).load(); } },
		'track': {
			does: '`<track src>`',
			run: ( out ) => { const v = put( 'video', { crossorigin: 'anonymous' } ); put( 'track', { src: out, kind: 'captions', default: '' }, v ).track.mode = 'showing'; v.load(); }
		},
		'css-link': { does: '`<link rel=stylesheet>`', run: ( out ) => { put( 'link', { rel: 'stylesheet', href: out }, document.head ); } },
		'css-import': { does: 'CSS `@import`', run: ( out ) => { put( 'style' ).textContent = '@import "' + out + '";'; } },
		'css-url': { does: 'CSS `url()`', run: ( out ) => { put( 'p', { style: 'background: url( ' + out + ' )' } ).textContent = 'x'; } },
		'css-cursor': { does: 'CSS `cursor`', run: ( out ) => { put( 'p', { style: 'cursor: url( ' + out + ' ), auto' } ).textContent = 'x'; } },
		'css-mask': { does: 'CSS `mask-image`', run: ( out ) => { put( 'p', { style: 'mask-image: url( ' + out + ' )' } ).textContent = 'x'; } },
		'css-set': { does: 'CSS `image-set()`', run: ( out ) => { put( 'p', { style: 'background-image: image-set( "' + out + '" 1x )' } ).textContent = 'x'; } },
		'css-font': { does: 'CSS `@font-face`', run: ( out ) => { put( 'style' ).textContent = '@font-face { font-family: out; src: url( ' + out + ' ) }'; put( 'p', { style: 'font-family: out' } ).textContent = 'x'; } },
		'font-face': { does: '`new FontFace()`', run: ( out ) => new FontFace( 'x', 'url( ' + out + ' )' ).load().catch( () => {} ) },
		'svg-image': { does: 'SVG `<image>`', run: ( out ) => { html( '<svg><image href="' + out + '"/></svg>' ); } },
		'svg-use': { does: 'SVG `<use>`', run: ( out ) => { html( '<svg><use href="' + out + '#x"/></svg>' ); } },
		'svg-fe-image': { does: 'SVG `<feImage>`', run: ( out ) => { html( '<svg><filter id="f"><feImage href="' + out + '"/></filter><rect width="9" height="9" filter="url( #f )"/></svg>' ); } },
		'svg-script': { does: 'SVG `<script href>`', run: ( out ) => { const s = document.createElementNS( 'http://www.w3.org/2000/svg', 'svg' ), c = document.createElementNS( 'http://www.w3.org/2000/svg', 'script' ); c.setAttribute( 'href', out ); s.append( c ); document.body.append( s ); } }
	};
}() );
