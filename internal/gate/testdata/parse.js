// Says of each text whether V8 reads it, and where V8 counts functions; see corpus_test.go.
'use strict';
const vm = require( 'vm' );
const inspector = require( 'inspector' );
const session = new inspector.Session();
session.connect();
session.post( 'Profiler.enable' );
session.post( 'Profiler.startPreciseCoverage', { callCount: true, detailed: false } );

// The scripts are in no browser: what they promise and break is no news.
process.on( 'unhandledRejection', () => {} );

// anything answers whatever is asked of it, and calls whatever it is given, so that functions get compiled.
let budget = 0;
const anything = new Proxy( function () {}, {
	get: ( t, k ) => k === Symbol.toPrimitive ? () => 1 : k === Symbol.iterator ? function* () {} : k === 'then' ? undefined : anything,
	has: () => true,
	set: () => true,
	construct: ( t, args ) => call( args ),
	apply: ( t, self, args ) => call( args )
} );
function call( args ) {
	for ( const f of args ) {
		if ( typeof f === 'function' && f !== anything && budget-- > 0 ) {
			try { f( anything, anything, anything ); } catch ( e ) {}
		}
	}
	return anything;
}

const out = [];
for ( const { text, goal, run } of JSON.parse( require( 'fs' ).readFileSync( 0, 'utf8' ) ) ) {
	const name = 'text-' + out.length;
	const answer = { error: '', functions: [] };
	try {
		if ( goal === 'module' ) {
			new vm.SourceTextModule( text, { identifier: name, context: vm.createContext() } );
		} else if ( goal === 'function' ) {
			vm.compileFunction( text );
		} else {
			const script = new vm.Script( text, { filename: name } );
			if ( run ) {
				budget = 300;
				const world = { __gate: ( n, v ) => v, console: anything, setTimeout: anything, setInterval: anything };
				for ( const k of [ 'mw', 'mediaWiki', '$', 'jQuery', 'document', 'window', 'OO', 'Vue', 'location', 'navigator', 'localStorage', 'self', 'Morebits', 'Twinkle', 'importScript', 'wgNamespaceNumber' ] ) {
					world[ k ] = anything;
				}
				try { script.runInContext( vm.createContext( world ), { timeout: 500 } ); } catch ( e ) {}
				session.post( 'Profiler.takePreciseCoverage', ( e, r ) => {
					for ( const s of r.result ) {
						if ( s.url === name ) {
							answer.functions = s.functions.map( ( f ) => [ f.ranges[ 0 ].startOffset, f.ranges[ 0 ].endOffset ] );
						}
					}
				} );
			}
		}
	} catch ( e ) {
		answer.error = String( e );
	}
	out.push( answer );
}
process.stdout.write( JSON.stringify( out ), () => process.exit() );
