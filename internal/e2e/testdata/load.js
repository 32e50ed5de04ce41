/* Says what answers of load.php do, so that two of them can be compared. Each answer is { type, body, impl }: type is
   "styles" or "scripts"; impl says whether mw.loader has the function that came with MediaWiki 1.41. */
( answers ) => {
	/* A colour as numbers, whether it was written with a name or not. */
	function colour( word ) {
		document.body.style.color = '';
		document.body.style.color = word;
		return document.body.style.color ? getComputedStyle( document.body ).color : word;
	}

	function rules( css ) {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync( css );
		return [ ...sheet.cssRules ].map( ( rule ) => rule.cssText.replace( /(?<=: )[a-z]+(?=;)/g, colour ) );
	}

	function shape( script ) {
		if ( typeof script === 'function' ) {
			return 'function of ' + script.length;
		}
		if ( Array.isArray( script ) ) {
			return 'addresses: ' + script.length;
		}
		if ( script && script.files ) {
			const files = {};
			Object.keys( script.files ).forEach( ( name ) => {
				const file = script.files[ name ];
				files[ name ] = typeof file === 'function' ? 'function of ' + file.length : { data: file };
			} );
			return { main: script.main, files };
		}
		return script === undefined ? null : script;
	}

	/* What mw.loader does with a script slot, as far as the twins need it. */
	function execute( script, window ) {
		const loaded = {}, $ = () => $;
		function inPackage( name ) {
			const key = name.replace( /^\.\//, '' ), file = script.files[ key ];
			if ( typeof file !== 'function' ) {
				return file === undefined ? {} : file;
			}
			if ( !loaded[ key ] ) {
				loaded[ key ] = { exports: {} };
				file.call( window, inPackage, loaded[ key ], loaded[ key ].exports );
			}
			return loaded[ key ].exports;
		}
		if ( typeof script === 'function' ) {
			script.call( window, $, $, () => ( {} ), { exports: {} } );
		} else if ( script && script.files && script.main !== null ) {
			inPackage( './' + script.main );
		}
	}

	function scripts( { body, impl } ) {
		const said = { modules: {}, states: {}, marks: [], console: [], log: [] };
		function implement( key, script, styles, messages, templates ) {
			const name = key.split( /@(?=[^@]*$)/ )[ 0 ], css = styles && styles.css;
			said.modules[ name ] = {
				script: shape( script ),
				styles: css ? rules( css.join( '\n' ) ) : styles && styles.url ? 'addresses: ' + Object.keys( styles.url ) : null,
				messages: messages || null, templates: templates || null
			};
			try {
				execute( script, window );
			} catch ( e ) {
				said.marks.push( 'throws ' + e.name );
			}
		}
		const loader = { implement, state: ( states ) => Object.assign( said.states, states ) };
		if ( impl ) {
			loader.implement = () => said.log.push( 'implement was called although there is impl' );
			loader.impl = ( declare ) => implement( ...( 0, eval )( '(' + String( declare ) + ')' )() );
		}
		window.mark = ( what ) => said.marks.push( what );
		window.mw = { loader, log: { error: ( text ) => said.log.push( text ) } };
		const own = window.console.error;
		window.console.error = ( text ) => said.console.push( text );
		try {
			( 0, eval )( body );
		} catch ( e ) {
			said.marks.push( 'the answer throws ' + e.name + ': ' + e.message );
		}
		window.console.error = own;
		return said;
	}

	return answers.map( ( answer ) => answer.type === 'styles' ? { rules: rules( answer.body ) } : scripts( answer ) );
}
