<?php
/**
 * Sallyport's seal: no page becomes code unless Sallyport has signed for exactly that text.
 *
 * Include this file at the end of LocalSettings.php:
 *
 *     require_once "$IP/SallyportSeal.php";
 *
 * Every revision that MediaWiki stores passes RevisionRecordInserted, whatever made it: a form, the API, a move, an import,
 * an extension. There, and earlier where a refusal can be said more kindly, a change of a code page is refused unless the
 * request carries a grant: who, which pages, the hash of each text, until when, once. Only Sallyport's gateway holds the key
 * that signs grants; this file holds the key that checks them, which is no secret.
 *
 * Maintenance scripts are not asked for a grant: who can start them can edit this file. Jobs are, because a browser can queue
 * them. Works with MediaWiki 1.39 to 1.43; needs PHP's sodium extension.
 *
 * @license GPL-2.0-or-later
 */

use MediaWiki\MediaWikiServices;

if ( !defined( 'MEDIAWIKI' ) ) {
	exit( 1 );
}

final class SallyportSeal {
	/** Checks grants: Ed25519, base64. */
	private const KEY = '@KEY@';
	/** Are people's own scripts sealed as well? */
	private const OWN_CODE = '@OWN@' === 'true';
	/** Are all pages of the MediaWiki namespace? action=raw serves each of them as a script. */
	private const INTERFACE = '@INTERFACE@' === 'true';
	/** Endings of user pages that define user gadgets, and may only be changed with a grant. */
	private const DEFINITIONS = [ '@DEFINITIONS@' ];

	/** Content models that browsers run, or that code reads. */
	private const MODELS = [ 'javascript', 'css', 'json', 'vue', 'GadgetDefinition' ];
	/** Longest life of a grant, in seconds, however long it claims. */
	private const MAX_LIFE = 900;

	/** @var array<string,true> pages whose new revisions a move or a restoration in this request accounts for */
	private static $open = [];
	/** @var array{0:string,1:?array,2:string}|null the header last read, its grant, or why it is none */
	private static $read = null;
	/** @var array<string,bool> nonces this request has spent, and whether it was the first to */
	private static $spent = [];

	public static function register( array &$hooks ): void {
		foreach ( [ 'MultiContentSave', 'RevisionRecordInserted', 'TitleMove', 'PageDelete', 'PageUndelete', 'ArticleUndelete',
			'ArticleMergeComplete' ] as $hook ) {
			$hooks[$hook][] = self::class . '::on' . $hook;
		}
	}

	/** Before a save: the refusal is shown above the text, which is kept. */
	public static function onMultiContentSave( $rendered, $user, $summary, $flags, $status ) {
		$revision = $rendered->getRevision();
		$content = $revision->getContent( 'main', 3 ); // RAW
		$title = self::title( $revision->getPageAsLinkTarget() );
		if ( !$content || !self::sealed( $title, [ $content->getModel() ] ) || isset( self::$open[$title->getPrefixedDBkey()] ) ) {
			return true;
		}
		return self::allow( 'save', $title, self::hash( $content ), $status, $user->getName() );
	}

	/** After any revision was stored, and before anything else happens: the choke point. */
	public static function onRevisionRecordInserted( $revision ) {
		$content = $revision->getContent( 'main', 3 );
		$title = self::title( $revision->getPageAsLinkTarget() );
		if ( !$content || !self::sealed( $title, [ $content->getModel() ] ) || isset( self::$open[$title->getPrefixedDBkey()] ) ) {
			return;
		}
		if ( $content->isRedirect() && self::objection( 'merge', $title, null, self::sender() ) === '' ) {
			return; // what a merge leaves behind
		}
		self::insist( 'save', $title, self::hash( $content ) );
	}

	public static function onTitleMove( $old, $new, $user, $reason, &$status ) {
		$model = $old->getContentModel( 1 ); // READ_LATEST
		if ( !self::sealed( $old, [ $model ] ) && !self::sealed( $new, [ $model, $new->getContentModel( 1 ) ] ) ) {
			return true;
		}
		if ( !self::allow( 'move', $old, self::current( $old ), $status, $user->getName(), $new ) ) {
			return false;
		}
		self::$open[$old->getPrefixedDBkey()] = self::$open[$new->getPrefixedDBkey()] = true;
		return true;
	}

	public static function onPageDelete( $page, $deleter, $reason, $status, $suppress ) {
		$title = self::title( $page );
		if ( isset( self::$open[$title->getPrefixedDBkey()] ) || !self::sealed( $title, [ $title->getContentModel( 1 ) ] ) ) {
			return true; // what a move replaces, its grant speaks for
		}
		return self::allow( 'delete', $title, '', $status, $deleter->getUser()->getName() );
	}

	/** Before a restoration. What it amounts to is looked at afterwards. */
	public static function onPageUndelete( $page, $performer, $reason, $unsuppress, $timestamps, $files, $status ) {
		$title = self::title( $page );
		if ( !self::sealed( $title, [] ) && !self::mayHaveBeenCode( $title ) ) {
			return true;
		}
		if ( !self::allow( 'undelete', $title, null, $status, $performer->getUser()->getName() ) ) {
			return false;
		}
		self::$open[$title->getPrefixedDBkey()] = true;
		return true;
	}

	public static function onArticleUndelete( $title, $create, $comment, $oldPageId, $restored ) {
		if ( isset( self::$open[$title->getPrefixedDBkey()] ) ) {
			unset( self::$open[$title->getPrefixedDBkey()] );
			self::insist( 'undelete', $title, self::current( $title ) );
		}
	}

	public static function onArticleMergeComplete( $source, $target ) {
		if ( self::sealed( $source, [ $source->getContentModel( 1 ) ] ) ) {
			self::insist( 'merge', $source, null );
		}
		if ( self::sealed( $target, [ $target->getContentModel( 1 ) ] ) ) {
			self::insist( 'merge', $target, self::current( $target ) );
		}
	}

	/** Says whether changing a page is changing code. */
	private static function sealed( $title, array $models ): bool {
		if ( PHP_SAPI === 'cli' && !defined( 'MEDIAWIKI_JOB_RUNNER' ) ) {
			return false;
		}
		$isCode = (bool)array_intersect( $models, self::MODELS );
		switch ( $title->getNamespace() ) {
			case NS_MEDIAWIKI:
				return self::INTERFACE || $isCode || $title->isSiteConfigPage() || $title->isRawHtmlMessage()
					|| preg_match( '/\.(js|css|json|vue)$/', $title->getDBkey() );
			case NS_USER:
				return strpos( $title->getDBkey(), '/' ) !== false && self::sealedUserPage( $title, $isCode );
			case 2300: // Gadget
			case 2302: // Gadget definition
				return true;
			default:
				return (bool)array_intersect( $models, [ 'javascript', 'css', 'vue' ] );
		}
	}

	private static function sealedUserPage( $title, bool $isCode ): bool {
		foreach ( self::DEFINITIONS as $ending ) {
			if ( substr( $title->getDBkey(), -strlen( $ending ) ) === $ending ) {
				return true;
			}
		}
		if ( !$isCode && !$title->isUserConfigPage() ) {
			return false;
		}
		return self::OWN_CODE || strtok( $title->getText(), '/' ) !== self::sender();
	}

	/** A deleted user page may have been a script, whatever it would be when created again. */
	private static function mayHaveBeenCode( $title ): bool {
		return $title->getNamespace() === NS_USER && self::sealed( $title, self::MODELS );
	}

	/** Asks for a grant, and tells the reader when there is none. */
	private static function allow( string $op, $title, ?string $hash, $status, string $user, $to = null ): bool {
		$why = self::objection( $op, $title, $hash, $user, $to );
		if ( $why === '' ) {
			return true;
		}
		$message = class_exists( 'MediaWiki\Language\RawMessage' ) ? 'MediaWiki\Language\RawMessage' : 'RawMessage';
		$api = class_exists( 'MediaWiki\Api\ApiMessage' ) ? 'MediaWiki\Api\ApiMessage' : 'ApiMessage';
		$status->fatal( $api::create( new $message( '$1', [ self::words( $title, $why ) ] ), 'sallyport-sealed' ) );
		return false;
	}

	/** Asks for a grant where only an exception can stop what is already written. Whoever catches it finds nothing to commit. */
	private static function insist( string $op, $title, ?string $hash ): void {
		$why = self::objection( $op, $title, $hash, self::sender() );
		if ( $why !== '' ) {
			MediaWikiServices::getInstance()->getDBLoadBalancerFactory()->rollbackPrimaryChanges( __METHOD__ );
			throw new RuntimeException( self::words( $title, $why ) );
		}
	}

	private static function words( $title, string $why ): string {
		return 'Sallyport: "' . $title->getPrefixedText() . "\" is code, and this change has not been approved: $why. "
			. 'Nothing was changed. Make the change through the wiki\'s usual address and approve it there.';
	}

	/** Returns '' when the request's grant covers this, or why it does not. A null hash is looked at later. */
	private static function objection( string $op, $title, ?string $hash, string $user, $to = null ): string {
		[ $grant, $why ] = self::grant();
		if ( !$grant ) {
			return $why;
		}
		if ( $grant['user'] !== $user || $grant['user'] !== self::sender() ) {
			return 'the grant is for another account';
		}
		$why = 'the grant is for another page';
		foreach ( $grant['changes'] as $change ) {
			if ( $change['op'] !== $op || $change['ns'] !== $title->getNamespace() || $change['title'] !== $title->getDBkey() ) {
				continue;
			}
			if ( $to && ( $change['to_ns'] !== $to->getNamespace() || $change['to_title'] !== $to->getDBkey() ) ) {
				$why = 'the grant is for another target';
			} elseif ( $hash !== null && $change['sha256'] !== $hash ) {
				$why = 'the grant is for another text';
			} else {
				return self::spend( $grant ) ? '' : 'the grant has been used before';
			}
		}
		return $why;
	}

	/** Reads the request's grant: "payload.signature", each in base64 for addresses. */
	private static function grant(): array {
		$header = $_SERVER['HTTP_X_SALLYPORT_GRANT'] ?? '';
		if ( !self::$read || self::$read[0] !== $header ) {
			self::$read = array_merge( [ $header ], self::readGrant( $header ) );
		}
		[ , $grant, $why ] = self::$read;
		if ( $grant && ( $grant['expires'] <= time() || $grant['expires'] > time() + self::MAX_LIFE ) ) {
			return [ null, 'the grant has expired' ];
		}
		return [ $grant, $why ];
	}

	private static function readGrant( string $header ): array {
		if ( $header === '' ) {
			return [ null, 'the request carries no grant' ];
		}
		if ( !function_exists( 'sodium_crypto_sign_verify_detached' ) ) {
			return [ null, 'PHP\'s sodium extension is missing, so no grant can be checked' ];
		}
		$parts = array_map( static function ( $part ) {
			return base64_decode( strtr( $part, '-_', '+/' ), true );
		}, explode( '.', $header ) );
		if ( count( $parts ) !== 2 || $parts[0] === false || $parts[1] === false || strlen( $parts[1] ) !== 64 ||
			!sodium_crypto_sign_verify_detached( $parts[1], "sallyport grant 1\n" . $parts[0], base64_decode( self::KEY ) )
		) {
			return [ null, 'the grant\'s signature is wrong' ];
		}
		$grant = json_decode( $parts[0], true );
		$wiki = class_exists( 'MediaWiki\WikiMap\WikiMap' ) ? 'MediaWiki\WikiMap\WikiMap' : 'WikiMap';
		if ( !is_array( $grant ) || $grant['wiki'] !== $wiki::getCurrentWikiId() ) {
			return [ null, 'the grant is for another wiki' ];
		}
		return [ $grant, '' ];
	}

	/** Takes the grant's number out of circulation, for all servers. One request may use it for several pages. */
	private static function spend( array $grant ): bool {
		$nonce = $grant['nonce'];
		if ( !isset( self::$spent[$nonce] ) ) {
			$stash = MediaWikiServices::getInstance()->getMainObjectStash();
			self::$spent[$nonce] = $stash->add( $stash->makeKey( 'sallyport-grant', $nonce ), 1, 2 * self::MAX_LIFE );
		}
		return self::$spent[$nonce];
	}

	/** The account behind the request. */
	private static function sender(): string {
		return RequestContext::getMain()->getUser()->getName();
	}

	private static function title( $page ) {
		$titles = MediaWikiServices::getInstance()->getTitleFactory();
		return $titles->makeTitle( $page->getNamespace(), $page->getDBkey() );
	}

	private static function hash( $content ): string {
		return hash( 'sha256', $content->serialize() );
	}

	/** The hash of what stands on a page now, in this transaction. */
	private static function current( $title ): string {
		$revision = MediaWikiServices::getInstance()->getRevisionLookup()->getRevisionByTitle( $title, 0, 1 ); // READ_LATEST
		$content = $revision ? $revision->getContent( 'main', 3 ) : null;
		return $content ? self::hash( $content ) : '';
	}
}

SallyportSeal::register( $wgHooks );
