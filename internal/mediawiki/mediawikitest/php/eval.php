<?php
// Runs the code a test sends, inside the server, where caches are the ones pages are served from.
// The body is {"code":…,"args":[…]}; the answer {"value":…} or {"error":…}. Only who knows the key may ask.

if ( !hash_equals( (string)getenv( 'SALLYPORT_WIKI_KEY' ), $_SERVER['HTTP_X_SALLYPORT_KEY'] ?? '' ) ) {
	http_response_code( 403 );
	echo "wrong key\n";
	return;
}

define( 'MW_ENTRY_POINT', 'index' );
chdir( $_SERVER['DOCUMENT_ROOT'] );
require $_SERVER['DOCUMENT_ROOT'] . '/includes/WebStart.php';

( static function () {
	$request = json_decode( file_get_contents( 'php://input' ), true );
	$args = $request['args'] ?? [];
	ob_start();
	try {
		$value = eval( $request['code'] );
		$services = MediaWiki\MediaWikiServices::getInstance();
		$services->getDBLoadBalancerFactory()->commitPrimaryChanges( __FILE__ );
		DeferredUpdates::doUpdates();
		$services->getDBLoadBalancerFactory()->commitPrimaryChanges( __FILE__ );
		$services->getJobRunner()->run( [ 'maxJobs' => 100, 'maxTime' => 10 ] );
		$answer = [ 'value' => $value ];
	} catch ( Throwable $e ) {
		MWExceptionHandler::rollbackPrimaryChangesAndLog( $e );
		$answer = [ 'error' => get_class( $e ) . ': ' . $e->getMessage() . "\n" . $e->getTraceAsString() ];
	}
	$answer['output'] = ob_get_clean();
	header( 'Content-Type: application/json; charset=utf-8' );
	echo json_encode( $answer, JSON_INVALID_UTF8_SUBSTITUTE );
} )();
