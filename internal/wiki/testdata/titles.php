<?php
// Reads {"texts":[…]} from standard input and prints what this MediaWiki makes of each: [namespace, key] or null, once as
// a title= parameter and once as a link; and the names by which it knows namespaces and wikis.
require_once getenv( 'MW_INSTALL_PATH' ) . '/maintenance/Maintenance.php';

class Titles extends Maintenance {
	public function execute() {
		$services = MediaWiki\MediaWikiServices::getInstance();
		$dbw = $services->getDBLoadBalancer()->getConnection( DB_PRIMARY );
		foreach ( [ 'here', 'far' ] as $prefix ) {
			$dbw->replace( 'interwiki', 'iw_prefix', [ 'iw_prefix' => $prefix, 'iw_url' => "http://$prefix.test/\$1",
				'iw_api' => '', 'iw_wikiid' => '', 'iw_local' => 1, 'iw_trans' => 0 ], __METHOD__ );
		}
		$lang = $services->getContentLanguage();
		$read = static function ( $t ) {
			// A title without a page (a bare fragment) and one on another wiki are no titles to us.
			return $t && $t->getDBkey() !== '' && !$t->isExternal() ? [ $t->getNamespace(), $t->getDBkey() ] : null;
		};
		$out = [ 'site' => $this->site( $services, $lang ), 'url' => [], 'text' => [] ];
		foreach ( json_decode( stream_get_contents( STDIN ), true )['texts'] as $hex ) {
			$text = $lang->normalize( hex2bin( $hex ) ); // as WebRequest does to every parameter
			$out['url'][] = $read( Title::newFromURL( $text ) );
			$out['text'][] = $read( Title::newFromText( $text ) );
		}
		$this->output( json_encode( $out, JSON_THROW_ON_ERROR ) );
	}

	private function site( $services, $lang ) {
		$info = $services->getNamespaceInfo();
		$rows = [];
		foreach ( $lang->getFormattedNamespaces() as $id => $name ) {
			$rows[] = [ 'ID' => $id, 'Name' => $name, 'Canonical' => (string)$info->getCanonicalName( $id ),
				'CaseSensitive' => !$info->isCapitalized( $id ), 'Subpages' => $info->hasSubpages( $id ) ];
		}
		$prefixes = array_column( $services->getInterwikiLookup()->getAllPrefixes(), 'iw_prefix' );
		return [ 'Namespaces' => $rows, 'Aliases' => $lang->getNamespaceAliases(), 'Prefixes' => $prefixes,
			'MainPage' => Title::newMainPage()->getPrefixedText() ];
	}
}

$maintClass = Titles::class;
require_once RUN_MAINTENANCE_IF_MAIN;
