<?php
// Reads [hex, …], pages of Gadgets-definition, and prints what the installed Gadgets extension reads from each. Only the
// class that reads is the extension's; the two it leans on are stand-ins that keep what they are given.
namespace MediaWiki\Extension\Gadgets;

abstract class GadgetRepo {
}

class Gadget {
	public $info;

	public function __construct( array $info ) {
		unset( $info['definition'] );
		$this->info = $info;
	}

	public function getName() {
		return $this->info['name'];
	}

	public static function isValidGadgetID( $id ) {
		return strlen( $id ) > 0 && strlen( "ext.gadget.$id" ) <= 255 && strcspn( $id, '!,|' ) === strlen( $id );
	}
}

require $argv[1];
$read = new \ReflectionMethod( MediaWikiGadgetsDefinitionRepo::class, 'listFromDefinition' );
$out = [];
foreach ( json_decode( stream_get_contents( STDIN ) ) as $hex ) {
	$gadgets = $read->invoke( new MediaWikiGadgetsDefinitionRepo(), hex2bin( $hex ) );
	$out[] = array_column( array_values( $gadgets ), 'info' );
}
print json_encode( $out, JSON_THROW_ON_ERROR );
