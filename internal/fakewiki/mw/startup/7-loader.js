// mw.loader: what everybody may call.

const isUrl = ( text ) => /^(https?:)?\/?\//.test( text );

function implement( key, script, style, messages, templates, deprecationWarning ) {
	const { name, version } = splitKey( key );
	if ( !( name in registry ) ) {
		registerOne( name );
	}
	const entry = registry[ name ];
	if ( entry.script !== undefined ) {
		throw new Error( 'module already implemented: ' + name );
	}
	if ( version ) {
		entry.version = version;
	}
	Object.assign( entry, { script: script || null, style: style || null, messages: messages || null, templates: templates || null, deprecationWarning } );
	if ( !isFailed( entry.state ) ) {
		setState( name, 'loaded' );
	}
}

function load( modules, type ) {
	if ( typeof modules === 'string' && isUrl( modules ) ) {
		if ( type === 'text/css' ) {
			addLinkTag( modules );
		} else if ( type === undefined || type === 'text/javascript' ) {
			addScriptTag( modules );
		} else {
			throw new Error( 'Invalid type: ' + type );
		}
		return;
	}
	const names = ( typeof modules === 'string' ? [ modules ] : modules )
		.filter( ( name ) => getState( name ) !== null && !isFailed( getState( name ) ) );
	enqueue( resolveWhatCan( names ) );
}

mw.loader = {
	moduleRegistry: registry,
	addSource,
	register,
	implement,
	impl: ( declarator ) => implement( ...declarator() ),
	load,
	state( states ) {
		for ( const name of Object.keys( states ) ) {
			if ( !( name in registry ) ) {
				registerOne( name );
			}
			setState( name, states[ name ] );
		}
	},
	getState,
	getModuleNames: () => Object.keys( registry ),
	require: requireModule,
	resolve,
	enqueue,
	work,
	addStyleTag,
	addScriptTag,
	addLinkTag,
	// MediaWiki keeps modules in localStorage; here the browser's own cache is enough.
	store: { enabled: false, items: {}, init() {}, get: () => false, add() {}, set() {}, clear() {}, requestUpdate() {} }
};
