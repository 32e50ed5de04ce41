// mediawiki.Title: page names.

const namespaceIds = () => mw.config.get( 'wgNamespaceIds' );
const bad = /[\x00-\x1F\x7F#<>[\]{}|]|~~~|%[0-9A-Fa-f]{2}|&(?:[A-Za-z0-9\x80-\uFFFF]+|#[0-9]+|#x[0-9A-Fa-f]+);/;
const spaces = /[ _\u00A0\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+/g;

function namespaceId( name ) {
	const id = namespaceIds()[ name.toLowerCase().replace( / /g, '_' ) ];
	return name !== '' && typeof id === 'number' ? id : null;
}

/** Take a title apart; null when it is none. */
function parse( text, defaultNamespace = 0 ) {
	let namespace = defaultNamespace;
	let title = text.replace( /[\u200E\u200F\u202A-\u202E]/g, '' ).replace( spaces, '_' ).replace( /^_+|_+$/g, '' );
	if ( title.startsWith( ':' ) ) {
		namespace = 0;
		title = title.slice( 1 ).replace( /^_+/, '' );
	}
	const colon = title.match( /^([^:]+?)_*:_*(.*)$/ );
	if ( colon && namespaceId( colon[ 1 ] ) !== null ) {
		namespace = namespaceId( colon[ 1 ] );
		title = colon[ 2 ];
	}
	let fragment = null;
	const hash = title.indexOf( '#' );
	if ( hash !== -1 ) {
		fragment = title.slice( hash + 1 ).replace( /_/g, ' ' );
		title = title.slice( 0, hash ).replace( /_+$/, '' );
	}
	const dots = title === '.' || title === '..' || /^\.\.?\/|\/\.\.?(\/|$)/.test( title );
	if ( title === '' || bad.test( title ) || dots || title.startsWith( ':' ) || new TextEncoder().encode( title ).length > ( namespace === -1 ? 512 : 255 ) ) {
		return null;
	}
	return { namespace, title, fragment };
}

function upperFirst( text, namespace ) {
	if ( mw.config.get( 'wgCaseSensitiveNamespaces' ).includes( namespace ) ) {
		return text;
	}
	const first = [ ...text ][ 0 ];
	const upper = first.toUpperCase();
	return ( upper.length > first.length ? first : upper ) + text.slice( first.length );
}

class Title {
	constructor( title, namespace ) {
		const parsed = parse( String( title ), namespace );
		if ( !parsed ) {
			throw new Error( 'Unable to parse title' );
		}
		this.namespace = parsed.namespace;
		this.fragment = parsed.fragment;
		this.title = upperFirst( parsed.title, parsed.namespace );
	}

	static newFromText( title, namespace ) {
		const parsed = parse( String( title ), namespace );
		if ( !parsed ) {
			return null;
		}
		return new Title( title, namespace );
	}

	static makeTitle( namespace, title ) {
		return Title.newFromText( Title.prefix( namespace ) + title );
	}

	static newFromUserInput( title, namespace ) {
		return Title.newFromText( title, namespace );
	}

	static prefix( namespace ) {
		return namespace === 0 ? '' : mw.config.get( 'wgFormattedNamespaces' )[ namespace ].replace( / /g, '_' ) + ':';
	}

	static isTalkNamespace( namespace ) {
		return namespace > 0 && namespace % 2 === 1;
	}

	static exists() {
		return null;
	}

	getNamespaceId() {
		return this.namespace;
	}

	getNamespacePrefix() {
		return Title.prefix( this.namespace );
	}

	getMain() {
		return this.title;
	}

	getMainText() {
		return this.title.replace( /_/g, ' ' );
	}

	getName() {
		return this.getMain().replace( /\.[^.]*$/, '' );
	}

	getNameText() {
		return this.getName().replace( /_/g, ' ' );
	}

	getExtension() {
		const dot = this.title.lastIndexOf( '.' );
		return dot === -1 ? null : this.title.slice( dot + 1 ) || null;
	}

	getFileNameWithoutExtension() {
		return this.getName();
	}

	getPrefixedDb() {
		return this.getNamespacePrefix() + this.title;
	}

	getPrefixedText() {
		return this.getPrefixedDb().replace( /_/g, ' ' );
	}

	getRelativeText( namespace ) {
		return this.namespace === namespace ? this.getMainText() : this.getPrefixedText();
	}

	getFragment() {
		return this.fragment;
	}

	getUrl( params ) {
		return mw.util.getUrl( this.getPrefixedDb() + ( this.fragment ? '#' + this.fragment : '' ), params );
	}

	isTalkPage() {
		return Title.isTalkNamespace( this.namespace );
	}

	canHaveTalkPage() {
		return this.namespace >= 0;
	}

	getTalkPage() {
		return this.canHaveTalkPage() ? this.isTalkPage() ? this : Title.makeTitle( this.namespace + 1, this.title ) : null;
	}

	getSubjectPage() {
		return this.isTalkPage() ? Title.makeTitle( this.namespace - 1, this.title ) : this;
	}

	exists() {
		return null;
	}

	toString() {
		return this.getPrefixedDb();
	}

	toText() {
		return this.getPrefixedText();
	}
}
Title.phpCharToUpper = ( c ) => c.toUpperCase();

mw.Title = Title;
module.exports = Title;
