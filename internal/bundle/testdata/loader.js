// A client with as much of mw.loader as a module needs: once with impl (MediaWiki 1.41 and later), once with implement
// alone. Reads a list of scripts, runs each in both, and prints what the pages said; the two must say the same.
const vm = require( 'vm' );

function run( source, modern ) {
	const log = [];
	const say = ( ...words ) => log.push( words.join( ' ' ) );
	const mw = { log: { error: ( text ) => say( 'error:', text ) }, loader: { require: ( name ) => '<' + name + '>' } };
	const context = vm.createContext( { mw, console: { log: say } } );
	const $ = ( text ) => '$' + text;

	function execute( script ) {
		if ( typeof script === 'function' ) {
			script( $, $, mw.loader.require, { exports: {} } );
		} else if ( script ) {
			const loaded = {};
			const require = ( name ) => {
				const file = name.replace( /^\.\//, '' );
				if ( !( file in script.files ) ) {
					return mw.loader.require( name );
				}
				if ( typeof script.files[ file ] !== 'function' ) {
					return script.files[ file ];
				}
				if ( !loaded[ file ] ) {
					const module = loaded[ file ] = { exports: {} };
					script.files[ file ]( require, module, module.exports );
				}
				return loaded[ file ].exports;
			};
			require( './' + script.main );
		}
	}
	mw.loader.implement = ( name, script, styles, messages ) => {
		say( 'module', name.replace( /@.*/, '' ) );
		try {
			execute( script );
		} catch ( e ) {
			say( 'threw', e.name + ':', e.message );
		}
		say( 'styles', JSON.stringify( styles || {} ) );
		say( 'messages', JSON.stringify( messages || {} ) );
	};
	if ( modern ) {
		mw.loader.impl = ( declarator ) => mw.loader.implement( ...vm.runInContext( '(' + String( declarator ) + ')', context )() );
	}
	vm.runInContext( source, context );
	return log.join( '\n' );
}

const answers = JSON.parse( require( 'fs' ).readFileSync( 0, 'utf8' ) ).map( ( source ) => {
	const [ now, before ] = [ run( source, true ), run( source, false ) ];
	return now === before ? now : 'impl and implement differ:\n' + now + '\n---\n' + before;
} );
console.log( JSON.stringify( answers ) );
