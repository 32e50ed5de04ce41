// When a module comes to its end, others may start, fail with it, or have people waiting for them.

let jobs = [];
let planned = false;

function setState( name, state ) {
	registry[ name ].state = state;
	if ( isFinal( state ) || state === 'loaded' ) {
		plan();
	}
}

/** Settling waits until the running script is through, so that no module runs in the middle of another. */
function plan() {
	if ( !planned ) {
		planned = true;
		queueMicrotask( () => {
			planned = false;
			settle();
		} );
	}
}

const needs = ( name ) => baseModules.includes( name ) ?
	registry[ name ].dependencies.concat( name === baseModules[ 0 ] ? [] : [ baseModules[ 0 ] ] ) :
	registry[ name ].dependencies.concat( baseModules );

function settle() {
	failDependants();
	for ( const name of Object.keys( registry ) ) {
		if ( registry[ name ].state === 'loaded' && needs( name ).every( ( d ) => getState( d ) === 'ready' ) ) {
			execute( name );
		}
	}
	finishJobs();
}

/** A module fails when one it needs has failed. */
function failDependants() {
	for ( let again = true; again; ) {
		again = false;
		for ( const name of Object.keys( registry ) ) {
			const state = registry[ name ].state;
			if ( !isFinal( state ) && state !== 'executing' && needs( name ).some( ( d ) => isFailed( getState( d ) ) ) ) {
				registry[ name ].state = 'error';
				again = true;
			}
		}
	}
}

function finishJobs() {
	const due = jobs.filter( ( job ) => job.names.every( ( n ) => getState( n ) === 'ready' ) || job.names.some( ( n ) => isFailed( getState( n ) ) ) );
	jobs = jobs.filter( ( job ) => !due.includes( job ) );
	for ( const job of due ) {
		answer( job );
	}
}

function answer( job ) {
	const failed = job.names.filter( ( n ) => isFailed( getState( n ) ) );
	try {
		if ( !failed.length ) {
			if ( job.ready ) {
				job.ready();
			}
		} else if ( job.error ) {
			job.error( new Error( 'Failed dependency: ' + failed[ 0 ] ), job.names );
		}
	} catch ( exception ) {
		mw.trackError( 'resourceloader.exception', { exception, source: 'load-callback' } );
	}
}

/** Call ready once all are ready, error once one has failed; at once when that is so already. Fetch what is needed. */
function enqueue( names, ready, error ) {
	const job = { names, ready, error };
	if ( names.every( ( n ) => getState( n ) === 'ready' ) || names.some( ( n ) => isFailed( getState( n ) ) ) ) {
		answer( job );
		return;
	}
	if ( ready || error ) {
		jobs.push( job );
	}
	for ( const name of names ) {
		if ( getState( name ) !== 'registered' || queue.has( name ) ) {
			continue;
		}
		if ( registry[ name ].group === groupPrivate ) {
			setState( name, 'error' ); // such a module comes with the page or not at all
		} else {
			queue.add( name );
		}
	}
	work();
}
