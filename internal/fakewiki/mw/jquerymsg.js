// mediawiki.jqueryMsg: {{PLURAL:}}, {{GENDER:}}, links, bold and italic in messages.

const escape = mw.html.escape;

/** {{name:first|second|third}}, innermost first. */
function functions( text ) {
	for ( let again = 0; again < 20; again++ ) {
		const next = text.replace( /\{\{([^{}|:]+):?([^{}]*)\}\}/g, ( whole, name, rest ) => {
			const [ first, ...forms ] = rest.split( '|' );
			switch ( name.trim().toUpperCase() ) {
				case 'PLURAL':
					return mw.language.convertPlural( parseFloat( first.replace( /,/g, '' ) ), forms );
				case 'GENDER':
					return mw.language.gender( first || mw.user.options.get( 'gender' ), forms );
				case 'FORMATNUM':
					return mw.language.convertNumber( first );
				case 'INT':
					return mw.msg( first.charAt( 0 ).toLowerCase() + first.slice( 1 ), ...forms );
				case 'SITENAME':
					return mw.config.get( 'wgSiteName' );
				case 'LC':
					return first.toLowerCase();
				case 'UC':
					return first.toUpperCase();
				case 'NS':
					return mw.config.get( 'wgFormattedNamespaces' )[ first ] || '';
			}
			return whole;
		} );
		if ( next === text ) {
			break;
		}
		text = next;
	}
	return text;
}

/** Markup of a text without functions; everything else is escaped. */
function markup( text ) {
	return escape( text )
		.replace( /\[\[([^\]|]+)(?:\|([^\]]*))?\]\]/g, ( whole, target, label ) => {
			const title = mw.Title.newFromText( target.replace( /&#039;/g, '\'' ).replace( /&quot;/g, '"' ).replace( /&amp;/g, '&' ) );
			return title ? `<a title="${ escape( title.getPrefixedText() ) }" href="${ escape( title.getUrl() ) }">${ label || target }</a>` : whole;
		} )
		.replace( /\[((?:https?:)?\/\/[^\s\]]+) ([^\]]+)\]/g, ( whole, url, label ) => `<a href="${ url }" class="external">${ label }</a>` )
		.replace( /&#039;&#039;&#039;(.+?)&#039;&#039;&#039;/g, '<b>$1</b>' )
		.replace( /&#039;&#039;(.+?)&#039;&#039;/g, '<i>$1</i>' )
		.replace( /&lt;(\/?)(b|i|em|strong|code|kbd|br|span|u|s|small|sub|sup)\s*\/?&gt;/g, '<$1$2>' );
}

const slot = ( i ) => `\u0001${ i }\u0002`;
const isNode = ( value ) => value && typeof value === 'object' && ( value.nodeType || value.jquery );

mw.Message.prototype.transform = ( text ) => text.includes( '{{' ) ? functions( text ) : text;

/** Elements among the parameters become places that parseDom fills. */
mw.Message.prototype.parser = function () {
	const text = mw.format( this.map.get( this.key ), ...this.parameters.map( ( p, i ) => isNode( p ) ? slot( i ) : p ) );
	// eslint-disable-next-line no-control-regex
	return markup( functions( text ) ).replace( /\u0001(\d+)\u0002/g, '<span data-slot="$1"></span>' );
};

mw.Message.prototype.parseDom = function () {
	const $holder = $( '<div>' ).append( $.parseHTML( this.parse() ) );
	this.parameters.forEach( ( p, i ) => {
		if ( isNode( p ) ) {
			$holder.find( `[data-slot="${ i }"]` ).replaceWith( p );
		}
	} );
	return $holder.contents();
};

$.fn.msg = function ( key, ...parameters ) {
	return this.empty().append( mw.message( key, ...parameters ).parseDom() );
};
module.exports = {};
