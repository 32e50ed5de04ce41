// mediawiki.language: numbers, lists and plurals of the reader's language.

const lang = () => mw.config.get( 'wgUserLanguage' ) || 'en';
const locale = () => {
	try {
		return Intl.getCanonicalLocales( lang() )[ 0 ] || 'en';
	} catch ( e ) {
		return 'en';
	}
};

mw.language = {
	data: {},
	getData: ( code, key ) => mw.language.data[ code ] instanceof mw.Map ? mw.language.data[ code ].get( key ) : undefined,
	setData( code, key, value ) {
		mw.language.data[ code ] = mw.language.data[ code ] || new mw.Map();
		mw.language.data[ code ].set( key, value );
	},
	convertNumber: ( number, integer ) => integer ? parseInt( String( number ).replace( /[^\d.-]/g, '' ), 10 ) : new Intl.NumberFormat( locale() ).format( number ),
	/** One of several forms; "0=none" is for exactly that number. */
	convertPlural( count, forms ) {
		const exact = forms.find( ( form ) => String( form ).startsWith( count + '=' ) );
		if ( exact !== undefined ) {
			return String( exact ).slice( String( count ).length + 1 );
		}
		const plain = forms.filter( ( form ) => !/^\d+=/.test( form ) );
		const order = [ 'zero', 'one', 'two', 'few', 'many', 'other' ];
		const rules = new Intl.PluralRules( locale() );
		const used = order.filter( ( c ) => rules.resolvedOptions().pluralCategories.includes( c ) );
		return plain[ Math.min( used.indexOf( rules.select( Number( count ) ) ), plain.length - 1 ) ] || '';
	},
	gender: ( gender, forms ) => forms[ gender === 'female' ? 1 : gender === 'male' ? 0 : 2 ] || forms[ 0 ] || '',
	listToText: ( list ) => list.length < 2 ? list.join( '' ) : list.slice( 0, -1 ).join( ', ' ) + ' and ' + list[ list.length - 1 ],
	specialCharacters: {},
	bcp47: ( code ) => code,
	getFallbackLanguages: () => [ 'en' ],
	getFallbackLanguageChain: () => [ lang(), 'en' ]
};
module.exports = mw.language;
