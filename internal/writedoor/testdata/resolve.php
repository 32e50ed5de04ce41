// Says of each request what MediaWiki would act on. Requests come as what PHP read: pairs in hex, as $_GET and $_POST.
$values = static function ( $pairs ) use ( &$values ) {
	$out = [];
	foreach ( $pairs as [ $key, $value ] ) {
		$out[hex2bin( $key )] = is_array( $value ) ? $values( $value ) : hex2bin( $value );
	}
	return $out;
};
$name = static function ( $title ) {
	return $title instanceof Title ? [ $title->getNamespace(), $title->getDBkey(), $title->isExternal() ] : null;
};
$services = MediaWiki\MediaWikiServices::getInstance();
$before = [ $_GET, $_POST, $_SERVER ];
$out = [];
foreach ( $args[0] as $case ) {
	$_GET = $values( $case['get'] );
	$_POST = $values( $case['post'] );
	$_SERVER['REQUEST_URI'] = $case['uri'];
	$_SERVER['REQUEST_METHOD'] = $case['method'];
	try {
		$request = new WebRequest();
		$context = new RequestContext();
		$context->setRequest( $request );
		if ( $case['api'] ) {
			$main = new ApiMain( $context, true );
			$action = $main->getVal( 'action', 'help' );
			$module = $main->getModuleManager()->getModule( $action, 'action' );
			$row = [ 'action' => $module ? $action : '', 'titles' => [] ];
			$params = $module ? $module->extractRequestParams( [ 'safeMode' => true ] ) : [];
			foreach ( [ 'title', 'from', 'to' ] as $key ) {
				if ( isset( $params[$key] ) && is_string( $params[$key] ) ) {
					$row['titles'][$key] = $name( Title::newFromText( $params[$key] ) );
				}
			}
			foreach ( [ 'pageid' => 'title', 'fromid' => 'from' ] as $id => $key ) {
				if ( isset( $params[$id] ) && is_int( $params[$id] ) ) {
					$row['titles'][$key] = isset( $row['titles'][$key] ) ? 'both' : $name( Title::newFromID( $params[$id] ) );
				}
			}
		} else {
			$request->interpolateTitle();
			$title = ( new MediaWiki( $context ) )->getTitle();
			$context->setTitle( $title );
			$row = [ 'title' => $name( $title ), 'action' => $title->isExternal() ? '' : $context->getActionName() ];
			if ( $title->isSpecialPage() ) {
				$row['special'] = $services->getSpecialPageFactory()->resolveAlias( $title->getDBkey() )[0];
				if ( $row['special'] === 'Movepage' ) {
					$bits = explode( '/', $title->getDBkey(), 2 );
					$target = $bits[1] ?? $request->getText( 'target' );
					$old = Title::newFromText( $request->getText( 'wpOldTitle', $target ) );
					$new = null;
					if ( $old ) {
						$bc = $request->getText( 'wpNewTitle' );
						$new = strlen( $bc ) > 0 ? Title::newFromText( $bc )
							: Title::makeTitleSafe( $request->getInt( 'wpNewTitleNs', $old->getNamespace() ), $request->getText( 'wpNewTitleMain' ) );
					}
					$row['from'] = $name( $old );
					$row['to'] = $name( $new );
				}
			}
		}
	} catch ( Throwable $e ) {
		$row = [ 'error' => get_class( $e ) . ': ' . $e->getMessage() ];
	}
	if ( isset( $row['titles'] ) ) {
		$row['titles'] = (object)$row['titles'];
	}
	$out[] = $row;
}
[ $_GET, $_POST, $_SERVER ] = $before;
return $out;
