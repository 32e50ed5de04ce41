// mediawiki.ForeignApi: another wiki's API, as whoever is logged in there.

class ForeignApi extends mw.Api {
	constructor( url, options = {} ) {
		const address = new URL( typeof url === 'string' ? url : String( url ), location.href );
		super( Object.assign( {}, options, {
			parameters: Object.assign( { origin: location.origin }, options.parameters ),
			ajax: Object.assign( { url: address.href, xhrFields: { withCredentials: !options.anonymous } }, options.ajax )
		} ) );
		this.apiUrl = address.href;
		this.anonymous = Boolean( options.anonymous );
		if ( this.anonymous ) {
			this.defaults.parameters.origin = '*';
		}
	}

	/** A token of the other wiki: those that this page has are of no use there. */
	getToken( type ) {
		const kind = [ 'createaccount', 'login', 'patrol', 'rollback', 'userrights', 'watch' ].includes( type ) ? type : 'csrf';
		return this.get( { action: 'query', meta: 'tokens', type: kind } ).then( ( data ) => data.query.tokens[ kind + 'token' ] );
	}
}
mw.ForeignApi = ForeignApi;
mw.ForeignRest = class extends mw.Rest {
	constructor( url, api, options ) {
		super( options );
		this.url = url;
	}
};
module.exports = ForeignApi;
