// Runs pairs of programs and says which pairs do not behave alike; see behaviour_test.go.
'use strict';
const vm = require( 'vm' );
const out = [];
for ( const { a, b, hook } of JSON.parse( require( 'fs' ).readFileSync( 0, 'utf8' ) ) ) {
	const one = run( '', a ), two = run( hook, b );
	out.push( one === two ? '' : one.slice( 0, 300 ) + ' / ' + two.slice( 0, 300 ) );
}
process.stdout.write( JSON.stringify( out ) );

function run( hook, text ) {
	const said = [];
	const context = vm.createContext( { log: ( ...v ) => { said.push( JSON.stringify( v ) ); return v[ v.length - 1 ]; } } );
	try {
		vm.runInContext( hook, context );
		said.push( typeof vm.runInContext( text, context, { timeout: 1000 } ) );
	} catch ( e ) {
		said.push( e && e.name + ': ' + ( e.name === 'SyntaxError' ? e.message : '' ) );
	}
	return said.join( ' ' );
}
