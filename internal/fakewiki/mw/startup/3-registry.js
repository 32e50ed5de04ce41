// Which modules there are and how far each has come:
// registered → loading → loaded → executing → ready, or error or missing for good.

const registry = Object.create( null );
const sources = Object.create( null );
const baseModules = [ 'jquery', 'mediawiki.base' ];
const groupUser = 0;
const groupPrivate = 1;

const isFailed = ( state ) => state === 'error' || state === 'missing';
const isFinal = ( state ) => state === 'ready' || isFailed( state );

function registerOne( name, version, dependencies, group, source, skip ) {
	if ( name in registry ) {
		throw new Error( 'module already registered: ' + name );
	}
	registry[ name ] = {
		module: { exports: {} },
		packageExports: Object.create( null ),
		version: String( version || '' ),
		dependencies: typeof dependencies === 'string' ? [ dependencies ] : dependencies || [],
		group: group === undefined ? null : group,
		source: source || 'local',
		skip: skip || null,
		state: 'registered'
	};
}

/** Either one module, or rows of such arguments whose dependencies may be indices into the rows. */
function register( modules, ...rest ) {
	if ( !Array.isArray( modules ) ) {
		registerOne( modules, ...rest );
		return;
	}
	for ( const row of modules ) {
		if ( typeof row === 'string' ) {
			registerOne( row );
			continue;
		}
		const [ name, version, dependencies, ...others ] = row;
		const named = Array.isArray( dependencies ) ?
			dependencies.map( ( d ) => typeof d === 'number' ? modules[ d ][ 0 ] : d ) :
			dependencies;
		registerOne( name, version, named, ...others );
	}
}

function addSource( additions ) {
	for ( const id of Object.keys( additions ) ) {
		if ( id in sources ) {
			throw new Error( 'source already registered: ' + id );
		}
		sources[ id ] = additions[ id ];
	}
}

function getState( name ) {
	return name in registry ? registry[ name ].state : null;
}

/** Modules given and all they need, each after what it needs. Throws for unknown names and for circles. */
function resolve( names ) {
	const order = [];
	const open = new Set();
	const visit = ( name ) => {
		if ( order.includes( name ) ) {
			return;
		}
		const entry = registry[ name ];
		if ( !entry ) {
			throw new Error( 'Unknown module: ' + name );
		}
		if ( open.has( name ) ) {
			throw new Error( `Circular reference detected: ${ [ ...open, name ].join( ' → ' ) }` );
		}
		if ( entry.skip !== null && entry.state === 'registered' ) {
			const skip = new Function( entry.skip );
			entry.skip = null;
			if ( skip() ) {
				entry.dependencies = [];
				setState( name, 'ready' );
				order.push( name );
				return;
			}
		}
		open.add( name );
		if ( !baseModules.includes( name ) ) {
			baseModules.forEach( visit );
		} else if ( name !== baseModules[ 0 ] ) {
			visit( baseModules[ 0 ] );
		}
		entry.dependencies.forEach( visit );
		open.delete( name );
		order.push( name );
	};
	names.forEach( visit );
	return order;
}

/** As resolve, but what cannot be resolved is left out and said so in the console. */
function resolveWhatCan( names ) {
	const order = [];
	for ( const name of names ) {
		try {
			for ( const needed of resolve( [ name ] ) ) {
				if ( !order.includes( needed ) ) {
					order.push( needed );
				}
			}
		} catch ( e ) {
			mw.log.warn( 'Skipped unavailable module ' + name );
			if ( name in registry ) {
				mw.trackError( 'resourceloader.exception', { exception: e, module: name, source: 'resolve' } );
			}
		}
	}
	return order;
}
