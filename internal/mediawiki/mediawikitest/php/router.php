<?php
// What a web server's rewrite rules do, for PHP's built-in server: the script a path belongs to, /wiki/Title for
// pages, files of the installation as they are, and /sallyport-eval for the tests themselves.

$sallyportPath = rawurldecode( strtok( $_SERVER['REQUEST_URI'], '?' ) );
$sallyportRoot = $_SERVER['DOCUMENT_ROOT'];
$sallyportScript = null;

if ( preg_match( '!^/(index|api|load|rest|opensearch_desc|thumb|img_auth)\.php(/.*)?$!s', $sallyportPath, $sallyportMatch ) ) {
	$sallyportScript = "/{$sallyportMatch[1]}.php";
	if ( isset( $sallyportMatch[2] ) ) {
		$_SERVER['PATH_INFO'] = $sallyportMatch[2];
	}
} elseif ( $sallyportPath === '/' || str_starts_with( $sallyportPath, '/wiki/' ) ) {
	$sallyportScript = '/index.php';
	unset( $_SERVER['PATH_INFO'] );
} elseif ( $sallyportPath === '/favicon.ico' ) {
	http_response_code( 204 );
	return true;
} elseif ( $sallyportPath === '/sallyport-eval' ) {
	require __DIR__ . '/eval.php';
	return true;
} elseif (
	preg_match( '!^/(resources|skins|extensions)/!', $sallyportPath )
	&& !str_contains( $sallyportPath, '..' )
	&& preg_match( '!\.(css|js|json|svg|png|gif|jpg|woff2?|cur|ico|less|txt)$!', $sallyportPath )
	&& is_file( $sallyportRoot . $sallyportPath )
) {
	return false;
} else {
	http_response_code( 404 );
	header( 'Content-Type: text/plain; charset=utf-8' );
	echo "no such file\n";
	return true;
}

$_SERVER['SCRIPT_NAME'] = $sallyportScript;
$_SERVER['PHP_SELF'] = $sallyportScript . ( $_SERVER['PATH_INFO'] ?? '' );
$_SERVER['SCRIPT_FILENAME'] = $sallyportRoot . $sallyportScript;
chdir( $sallyportRoot );
require $sallyportRoot . $sallyportScript;
