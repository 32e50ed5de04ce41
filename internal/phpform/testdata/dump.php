<?php
// Says what PHP read from a request: every string in hex, arrays as lists of pairs so that their order shows.

function told( $value ) {
	if ( !is_array( $value ) ) {
		return bin2hex( $value );
	}
	$pairs = [];
	foreach ( $value as $key => $item ) {
		$pairs[] = [ bin2hex( (string)$key ), told( $item ) ];
	}
	return $pairs;
}

$files = [];
foreach ( $_FILES as $field => $f ) {
	$data = $f['error'] === UPLOAD_ERR_OK ? file_get_contents( $f['tmp_name'] ) : '';
	$files[] = [ bin2hex( $field ), bin2hex( $f['name'] ), $f['error'], bin2hex( $data ) ];
}
header( 'Content-Type: application/json' );
echo json_encode( [ 'get' => told( $_GET ), 'post' => told( $_POST ), 'files' => $files ] );
