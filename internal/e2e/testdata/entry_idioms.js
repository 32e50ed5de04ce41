// Loads scripts in one idiom, one after the other, and says of each what its loader was told. Run by entry_corpus_test.go.
( async ( idiom, scripts ) => {
	const script = mw.config.get( 'wgScript' ), said = [], thrown = [];
	const raw = ( s, more ) => location.origin + script + '?' + $.param( Object.assign( { title: s.title, action: 'raw', ctype: 'text/javascript' }, more ) );
	// Either event comes once the script has run, or will not.
	const settled = ( part, start ) => new Promise( ( done ) => {
		const end = ( e ) => {
			if ( e.target.src && decodeURIComponent( e.target.src.replace( /\+/g, ' ' ) ).includes( part ) ) {
				document.removeEventListener( 'load', end, true );
				document.removeEventListener( 'error', end, true );
				done( e.type );
			}
		};
		document.addEventListener( 'load', end, true );
		document.addEventListener( 'error', end, true );
		start();
	} );
	const element = ( src ) => settled( decodeURIComponent( src.split( '?' )[ 1 ].replace( /\+/g, ' ' ) ), () => document.head.append( Object.assign( document.createElement( 'script' ), { src } ) ) );
	const promised = ( promise ) => promise.then( () => 'kept', ( e ) => {
		if ( e && e.name === 'SallyportRefused' ) {
			thrown.push( { script: e.script, rule: e.rule, code: e.code } );
		}
		return 'broken ' + ( e && ( e.name || e.statusText ) );
	} );
	const inWorker = ( src ) => new Promise( ( done ) => {
		const text = 'try{importScripts(' + JSON.stringify( src ) + ');postMessage({})}catch(e){postMessage({name:e.name,script:e.script,rule:e.rule,code:e.code})}';
		const worker = new Worker( URL.createObjectURL( new Blob( [ text ], { type: 'text/javascript' } ) ) );
		worker.onmessage = ( e ) => {
			worker.terminate();
			if ( e.data.name === 'SallyportRefused' ) {
				thrown.push( e.data );
			}
			done( e.data.name ? 'broken ' + e.data.name : 'kept' );
		};
	} );
	const idioms = {
		importScript: ( s ) => settled( 'title=' + s.title, () => importScript( s.title ) ),
		'mw.loader.load': ( s ) => settled( 'title=' + s.title, () => mw.loader.load( raw( s ) ) ),
		'$.getScript': ( s ) => promised( Promise.resolve( $.getScript( raw( s ) ) ) ),
		'mw.loader.getScript': ( s ) => promised( Promise.resolve( mw.loader.getScript( raw( s ) ) ) ),
		'<script>': ( s ) => element( raw( s ) ),
		'<script> of a revision': ( s ) => element( raw( s, { oldid: s.rev } ) ),
		'import()': ( s ) => promised( import( raw( s ) ) ),
		Worker: ( s ) => inWorker( raw( s ) ),
		'sallyport.import': ( s ) => promised( sallyport.import( s.title ) ),
		'sallyport.import of a revision': ( s ) => promised( sallyport.import( s.title + '@' + s.rev ) ),
		gadget: ( s ) => promised( Promise.resolve( mw.loader.using( s.title.replace( /\.js$/, '.gadget' ) ) ) ),
		'common.js': ( s ) => element( location.origin + script.replace( 'index.php', 'load.php' ) + '?' + $.param( { modules: 'user', only: 'scripts', skin: 'vector', user: s.keeper } ) )
	};
	window.addEventListener( 'error', ( e ) => {
		if ( e.error && e.error.name === 'SallyportRefused' ) {
			thrown.push( { script: e.error.script, rule: e.error.rule, code: e.error.code } );
			e.preventDefault();
		}
	} );
	for ( const s of scripts ) {
		said.push( await Promise.race( [ idioms[ idiom ]( s ), new Promise( ( done ) => setTimeout( done, 20000, 'nothing' ) ) ] ) );
	}
	const whole = await mw.loader.using( [ 'mediawiki.api', 'mediawiki.util', 'oojs-ui-core', 'mediawiki.notification' ] )
		.then( () => new mw.Api().get( { meta: 'siteinfo' } ) ).then( ( a ) => !!a.query, () => false );
	return {
		said, thrown, whole,
		failed: mw.loader.getModuleNames().filter( ( name ) => [ 'error', 'missing' ].includes( mw.loader.getState( name ) ) && !/^ext\.usergadget\./.test( name ) )
	};
} )
