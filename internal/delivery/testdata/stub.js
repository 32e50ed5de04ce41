/* Runs boot.js on a page made of nothing: a document that writes down what is added to it, and an mw.loader that writes down
   what it is told. world: { config, startup, states, found, old }; act is run afterwards. Returns lines of text, in order. */
async ( source, world, act ) => {
	const log = [], states = Object.assign( {}, world.states ), say = ( ...words ) => log.push( words.join( ' ' ).trim() );
	const text = ( value ) => typeof value === 'string' ? value : JSON.stringify( value );
	const heard = [];
	const document = {
		currentScript: world.old ? {} : { noModule: false, previousElementSibling: { src: world.startup } },
		addEventListener: ( type, listener ) => heard.push( listener ),
		createElement: ( name ) => name === 'link' || name === 'script' ?
			{ name, setAttribute( key, value ) { this[ key ] = value; } } : globalThis.document.createElement( name ),
		get activeElement() { return globalThis.document.activeElement; },
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
	// A notice is its lines, with addresses in brackets; of what is hidden there is nothing.
	const notices = [], shown = ( box ) => [ ...box.querySelectorAll( 'p, li, button' ) ].filter( ( e ) => !e.hidden ).map( ( e ) =>
		e.firstChild.data.trim() + [ ...e.querySelectorAll( 'a' ) ].map( ( a ) => ' [' + a.getAttribute( 'href' ) + '] ' + a.textContent ).join( '' )
	).join( ' / ' );
	const mw = {
		loader, config: { get: ( key ) => key in world.config ? world.config[ key ] : null },
		log: { error: ( what ) => say( 'error', String( what ) ) },
		notification: { notify: ( box, o ) => {
			const attributes = {}, notice = {
				isOpen: true, timer: 0,
				pause() { this.timer++; }, resume() {}, close() { this.isOpen = false; box.remove(); },
				$notification: { attr: ( key, value ) => { attributes[ key ] = value; } }
			};
			globalThis.document.body.append( box );
			notices.push( { notice, box, attributes } );
			say( 'notify', o.tag, o.autoHide ? 'goes' : 'stays', shown( box ) );
			return notice;
		} },
		util: { addPortletLink: ( ...a ) => say( 'menu', text( a ) ) }
	};
	const $ = ( what ) => what();
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
	await act( mw, say, ( event ) => heard.forEach( ( listener ) => listener( event ) ), window.sallyport, notices, shown );
	notices.forEach( ( one ) => one.box.remove() );
	return log;
}
