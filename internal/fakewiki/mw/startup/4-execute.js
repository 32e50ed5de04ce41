// Running what has been delivered: styles first, then messages and templates, then the script.

/** Style sheets added by scripts go before this element, so that the site's and the user's own come after them. */
const marker = () => document.querySelector( 'meta[name="ResourceLoaderDynamicStyles"]' );

function insertStyle( element, before ) {
	const next = before || marker();
	if ( next && next.parentNode ) {
		next.parentNode.insertBefore( element, next );
	} else {
		document.head.appendChild( element );
	}
	return element;
}

function addStyleTag( css, before ) {
	const style = document.createElement( 'style' );
	style.appendChild( document.createTextNode( css ) );
	return insertStyle( style, before );
}

function addLinkTag( url, media, before ) {
	const link = document.createElement( 'link' );
	link.rel = 'stylesheet';
	if ( media ) {
		link.media = media;
	}
	link.href = url;
	return insertStyle( link, before );
}

/** Add a script by address; its element goes once it has run or failed. */
function addScriptTag( src, done, failed ) {
	const script = document.createElement( 'script' );
	script.src = src;
	const finish = ( then ) => () => {
		if ( script.parentNode ) {
			script.parentNode.removeChild( script );
		}
		if ( then ) {
			then();
		}
	};
	script.onload = finish( done );
	script.onerror = finish( failed );
	document.head.appendChild( script );
	return script;
}

/** Run text in the global scope. */
function globalEval( code ) {
	const script = document.createElement( 'script' );
	script.text = code;
	document.head.appendChild( script );
	script.parentNode.removeChild( script );
}

/** Styles that come in one go are put into one element at the next frame. */
let waitingCss = '';
let waitingFor = [];
function addCss( css, then ) {
	waitingCss += '\n' + css;
	waitingFor.push( then );
	if ( waitingFor.length > 1 ) {
		return;
	}
	requestAnimationFrame( () => {
		const text = waitingCss;
		const callbacks = waitingFor;
		waitingCss = '';
		waitingFor = [];
		addStyleTag( text );
		callbacks.forEach( ( callback ) => callback() );
	} );
}

function applyStyles( style, then ) {
	let pending = 1;
	const done = () => {
		pending--;
		if ( pending === 0 ) {
			then();
		}
	};
	if ( style && style.css ) {
		for ( const css of style.css ) {
			pending++;
			addCss( css, done );
		}
	}
	for ( const media of Object.keys( style && style.url || {} ) ) {
		for ( const url of style.url[ media ] ) {
			addLinkTag( url, media );
		}
	}
	done();
}

/** The path of a file named relative to another one; null when the name is not relative. */
function resolvePath( name, from ) {
	if ( !/^\.\.?\//.test( name ) ) {
		return null;
	}
	const parts = from.split( '/' ).slice( 0, -1 );
	for ( const part of name.split( '/' ) ) {
		if ( part === '..' ) {
			parts.pop();
		} else if ( part !== '.' ) {
			parts.push( part );
		}
	}
	return parts.join( '/' );
}

/** The require() of one file of a package. */
function requireFrom( entry, from ) {
	return ( name ) => {
		const path = resolvePath( name, from );
		if ( path === null ) {
			return mw.loader.require( name );
		}
		const files = entry.script.files;
		if ( path in entry.packageExports ) {
			return entry.packageExports[ path ];
		}
		if ( !Object.prototype.hasOwnProperty.call( files, path ) ) {
			throw new Error( 'Cannot require undefined file ' + path );
		}
		const file = files[ path ];
		if ( typeof file !== 'function' ) {
			entry.packageExports[ path ] = file;
			return file;
		}
		const module = { exports: {} };
		entry.packageExports[ path ] = module.exports;
		file( requireFrom( entry, path ), module, module.exports );
		entry.packageExports[ path ] = module.exports;
		return module.exports;
	};
}

/** What another module has exported. */
function requireModule( name ) {
	if ( getState( name ) !== 'ready' ) {
		throw new Error( `Module "${ name }" is not loaded` );
	}
	return registry[ name ].module.exports;
}

function runPackage( name, entry ) {
	const { main, files } = entry.script;
	const file = files[ main ];
	if ( typeof file !== 'function' ) {
		throw new Error( `Main file in module ${ name } must be a function` );
	}
	file( requireFrom( entry, main ), entry.module, entry.module.exports );
}

function runUrls( urls, done, failed ) {
	const next = ( i ) => i === urls.length ? done() : addScriptTag( urls[ i ], () => next( i + 1 ), failed );
	next( 0 );
}

function runScript( name ) {
	const entry = registry[ name ];
	const script = entry.script;
	try {
		if ( Array.isArray( script ) ) {
			runUrls( script, () => setState( name, 'ready' ), () => setState( name, 'error' ) );
			return;
		}
		if ( typeof script === 'function' ) {
			script( window.$, window.$, mw.loader.require, entry.module );
		} else if ( typeof script === 'string' ) {
			globalEval( script );
		} else if ( script ) {
			runPackage( name, entry );
		}
		setState( name, 'ready' );
	} catch ( exception ) {
		setState( name, 'error' );
		mw.trackError( 'resourceloader.exception', { exception, module: name, source: 'module-execute' } );
	}
}

function execute( name ) {
	const entry = registry[ name ];
	entry.state = 'executing';
	if ( entry.deprecationWarning ) {
		mw.log.warn( entry.deprecationWarning );
	}
	if ( entry.messages ) {
		mw.messages.set( entry.messages );
	}
	if ( entry.templates ) {
		mw.templates.set( name, entry.templates );
	}
	applyStyles( entry.style, () => {
		// The user's own script comes after the site's, whether that worked or not.
		const run = () => runScript( name );
		if ( name === 'user' && 'site' in registry ) {
			enqueue( resolve( [ 'site' ] ), run, run );
		} else {
			run();
		}
	} );
}
