/* Runs boot.js on a page made of nothing: a document that writes down what is added to it, and an mw.loader that writes down
   what it is told. world: { config, startup, states, found, old }; act is run afterwards. Returns lines of text, in order. */
async ( source, world, act ) => {
	const log = [], states = Object.assign( {}, world.states ), say = ( ...words ) => log.push( words.join( ' ' ).trim() );
	const text = ( value ) => typeof value === 'string' ? value : JSON.stringify( value );
	const heard = [];
	const document = {
		currentScript: world.old ? {} : { noModule: false, previousElementSibling: { src: world.startup } },
		addEventListener: ( type, listener ) => heard.push( listener ),
		createElement: ( name ) => ( { name, setAttribute( key, value ) { this[ key ] = value; } } ),
		head: { appendChild: ( e ) => say( e.name, e.rel || '', e.href || e.src, e.blocking || '' ) }
	};
	const loader = {
		addSource: ( sources ) => say( 'source', text( sources ) ),
		getState: ( name ) => name in states ? states[ name ] : null,
		state: ( all ) => { Object.assign( states, all ); say( 'state', text( all ) ); },
		register: ( rows ) => rows.forEach( ( row ) => {
			if ( row[ 0 ] in states ) {
				throw new Error( 'module already registered: ' + row[ 0 ] );
			}
			states[ row[ 0 ] ] = 'registered';
			say( 'register', text( row ) );
		} ),
		load: ( names, type ) => say( 'load', text( names ), type || '' ),
		require: ( name ) => 'what ' + name + ' exports'
	};
	// mediawiki.base adds this one later, with the page's other scripts.
	const using = ( names ) => {
		say( 'using', text( names ) );
		return [].concat( names ).every( ( name ) => loader.getState( name ) ) ?
			Promise.resolve( loader.require ) : Promise.reject( new Error( 'unknown' ) );
	};
	const mw = {
		loader, config: { get: ( key ) => key in world.config ? world.config[ key ] : null },
		log: { error: ( what ) => say( 'error', String( what ) ) },
		notify: ( what ) => say( 'notify', what.words || what ),
		util: { addPortletLink: ( ...a ) => say( 'menu', text( a ) ) }
	};
	// An element is its text, with addresses in brackets.
	const element = () => {
		const e = {
			words: '',
			attr: ( name, value ) => {
				e.words += name === 'href' ? '[' + value + '] ' : '';
				return e;
			},
			text: ( words ) => {
				e.words += words;
				return e;
			},
			append: ( more ) => e.text( [].concat( more ).map( ( one ) => one.words ).join( ' / ' ) )
		};
		return e;
	};
	const $ = ( what ) => typeof what === 'string' ? element() : what();
	$.param = ( values ) => String( new URLSearchParams( values ) );
	$.Deferred = () => {
		const d = {};
		d.all = new Promise( ( resolve, reject ) => Object.assign( d, { resolve, reject } ) );
		d.done = ( f ) => d.all.then( f, () => 0 );
		d.fail = ( f ) => d.all.catch( f );
		d.promise = () => d.all;
		return d;
	};
	const fetch = ( url, o ) => {
		say( 'fetch', url, text( o ) );
		return world.found ? Promise.resolve( { ok: true, json: () => Promise.resolve( world.found ) } ) : Promise.resolve( { ok: false } );
	};
	const window = { RLCONF: world.config }, run = ( entry ) => ( Array.isArray( entry ) ? entry[ 1 ] : entry )();
	new Function( 'document', 'window', 'mw', '$', 'fetch', source )( document, window, mw, $, fetch );
	const queue = window.RLQ || [];
	window.RLQ = { push: run };
	queue.forEach( run );
	mw.loader.using = using;
	await act( mw, say, ( event ) => heard.forEach( ( listener ) => listener( event ) ) );
	return log;
}
