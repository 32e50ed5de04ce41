// mediawiki.api: the Action API with jQuery promises. A failure gives (code, result, result, jqXHR).

const defaults = {
	parameters: { action: 'query', format: 'json' },
	ajax: { url: mw.util.wikiScript( 'api' ), timeout: 30000, dataType: 'json' }
};
const tokenCache = Object.create( null );

/** Lists are joined with "|"; false and undefined are left out, as a switched-off flag is. */
function prepare( parameters, useUS ) {
	const out = {};
	for ( const key of Object.keys( parameters ) ) {
		const value = parameters[ key ];
		if ( Array.isArray( value ) ) {
			const text = value.join( '|' );
			out[ key ] = useUS || value.some( ( v ) => String( v ).includes( '|' ) ) ? '\x1f' + value.join( '\x1f' ) : text;
		} else if ( value === true ) {
			out[ key ] = '1';
		} else if ( value !== false && value !== undefined ) {
			out[ key ] = value;
		}
	}
	return out;
}

const tokenType = ( type ) => [ 'edit', 'delete', 'protect', 'move', 'block', 'unblock', 'email', 'import', 'options' ].includes( type ) ? 'csrf' : type;

class Api {
	constructor( options = {} ) {
		this.defaults = {
			parameters: Object.assign( {}, defaults.parameters, options.parameters ),
			ajax: Object.assign( {}, defaults.ajax, options.ajax )
		};
		this.useUS = options.useUS || false;
		this.requests = [];
	}

	get( parameters, ajaxOptions ) {
		return this.ajax( parameters, Object.assign( {}, ajaxOptions, { type: 'GET' } ) );
	}

	post( parameters, ajaxOptions ) {
		return this.ajax( parameters, Object.assign( {}, ajaxOptions, { type: 'POST' } ) );
	}

	abort() {
		this.requests.forEach( ( request ) => request && request.abort() );
	}

	ajax( parameters, ajaxOptions ) {
		const data = prepare( Object.assign( {}, this.defaults.parameters, parameters ), this.useUS );
		const options = Object.assign( {}, this.defaults.ajax, ajaxOptions );
		if ( options.contentType === 'multipart/form-data' ) {
			options.data = new FormData();
			Object.keys( data ).forEach( ( key ) => options.data.append( key, data[ key ] ) );
			options.processData = false;
			options.contentType = false;
		} else {
			// The token goes last: a request that was cut off must not be acted on.
			const token = data.token;
			delete data.token;
			options.data = $.param( data ) + ( token === undefined ? '' : '&token=' + encodeURIComponent( token ) );
		}
		const deferred = $.Deferred();
		const xhr = $.ajax( options )
			.fail( ( jqXHR, textStatus, exception ) => deferred.reject( 'http', { xhr: jqXHR, textStatus, exception }, undefined, jqXHR ) )
			.done( ( result, textStatus, jqXHR ) => {
				if ( result === undefined || result === null || result === '' ) {
					deferred.reject( 'ok-but-empty', 'OK response but empty result (check HTTP headers?)', result, jqXHR );
				} else if ( result.error ) {
					deferred.reject( result.error.code === undefined ? 'unknown' : result.error.code, result, result, jqXHR );
				} else if ( result.errors ) {
					deferred.reject( result.errors[ 0 ].code, result, result, jqXHR );
				} else {
					deferred.resolve( result, jqXHR );
				}
			} );
		this.requests.push( xhr );
		return deferred.promise( { abort: xhr.abort } );
	}

	getToken( type ) {
		const kind = tokenType( type );
		if ( !tokenCache[ kind ] ) {
			const known = mw.user.tokens.get( kind + 'Token' );
			tokenCache[ kind ] = known && known !== '+\\' ? $.Deferred().resolve( known ).promise() :
				this.get( { action: 'query', meta: 'tokens', type: kind } ).then( ( data ) => {
					const token = data.query.tokens[ kind + 'token' ];
					return token || $.Deferred().reject( 'token-missing', data );
				}, ( ...failure ) => {
					delete tokenCache[ kind ];
					return $.Deferred().reject( ...failure );
				} );
		}
		return tokenCache[ kind ];
	}

	getEditToken() {
		return this.getToken( 'csrf' );
	}

	badToken( type ) {
		delete tokenCache[ tokenType( type ) ];
		mw.user.tokens.set( tokenType( type ) + 'Token', null );
	}

	/** Post with a token; a stale one is replaced once. */
	postWithToken( type, parameters, ajaxOptions ) {
		const attempt = ( again ) => this.getToken( type ).then( ( token ) => this.post( Object.assign( {}, parameters, { token } ), ajaxOptions ) )
			.then( null, ( code, ...rest ) => {
				if ( code === 'badtoken' && again ) {
					this.badToken( type );
					return attempt( false );
				}
				return $.Deferred().reject( code, ...rest );
			} );
		return attempt( true ).promise( { abort: () => this.abort() } );
	}

	postWithEditToken( parameters, ajaxOptions ) {
		return this.postWithToken( 'csrf', parameters, ajaxOptions );
	}

	assertCurrentUser( query ) {
		const name = mw.user.getName();
		return Object.assign( name === null ? { assert: 'anon' } : { assert: 'user', assertuser: name }, query );
	}

	getErrorMessage( data ) {
		const texts = data.errors ? data.errors.map( ( e ) => e.html || e.text ) : [ data.error ? data.error.info : String( data.textStatus || data ) ];
		return $( '<div>' ).text( texts.join( '\n' ) );
	}

	// Editing.

	create( title, parameters, content ) {
		return this.postWithEditToken( Object.assign( { action: 'edit', title: String( title ), text: content, formatversion: '2', createonly: true }, parameters ) ).then( ( data ) => data.edit );
	}

	/** Change a page's current text with a function, which returns the new text or parameters for action=edit. */
	edit( title, transform ) {
		let base, current;
		return this.get( { action: 'query', prop: 'revisions', rvprop: [ 'content', 'timestamp' ], titles: [ String( title ) ], formatversion: '2', curtimestamp: true } )
			.then( ( data ) => {
				const page = data.query && data.query.pages && data.query.pages[ 0 ];
				if ( !page || page.invalid ) {
					return $.Deferred().reject( page ? 'invalidtitle' : 'unknown' );
				}
				if ( page.missing ) {
					return $.Deferred().reject( 'nocreate-missing' );
				}
				base = page.revisions[ 0 ].timestamp;
				current = data.curtimestamp;
				return transform( { timestamp: base, content: page.revisions[ 0 ].content } );
			} )
			.then( ( change ) => this.postWithEditToken( Object.assign( { action: 'edit', title: String( title ), formatversion: '2', assert: mw.user.isAnon() ? undefined : 'user', basetimestamp: base, starttimestamp: current, nocreate: true },
				typeof change === 'object' ? change : { text: String( change ) } ) ) )
			.then( ( data ) => data.edit );
	}

	newSection( title, header, message, parameters ) {
		return this.postWithEditToken( Object.assign( { action: 'edit', section: 'new', title: String( title ), summary: header, text: message }, parameters ) );
	}

	rollback( page, user, parameters ) {
		return this.postWithToken( 'rollback', Object.assign( { action: 'rollback', title: String( page ), user }, parameters ) ).then( ( data ) => data.rollback );
	}

	watch( pages, expiry ) {
		return this.postWithToken( 'watch', { action: 'watch', titles: pages, expiry, formatversion: 2 } ).then( ( data ) => data.watch );
	}

	unwatch( pages ) {
		return this.postWithToken( 'watch', { action: 'watch', titles: pages, unwatch: 1, formatversion: 2 } ).then( ( data ) => data.watch );
	}

	// Reading.

	parse( content, parameters ) {
		return this.post( Object.assign( { formatversion: '2', action: 'parse' }, content instanceof mw.Title ? { page: content.getPrefixedDb() } : { text: String( content ), contentmodel: 'wikitext' }, parameters ) )
			.then( ( data ) => data.parse.text );
	}

	getCategories( title ) {
		return this.get( { prop: 'categories', titles: String( title ), formatversion: '2' } )
			.then( ( data ) => ( data.query.pages[ 0 ].categories || [] ).map( ( c ) => new mw.Title( c.title ) ) || false );
	}

	isCategory( title ) {
		return this.get( { prop: 'categoryinfo', titles: String( title ), formatversion: '2' } ).then( ( data ) => Boolean( data.query.pages[ 0 ].categoryinfo ) );
	}

	getMessages( messages, parameters ) {
		return this.get( Object.assign( { action: 'query', meta: 'allmessages', ammessages: messages, amlang: mw.config.get( 'wgUserLanguage' ), formatversion: 2 }, parameters ) ).then( ( data ) => {
			const texts = {};
			for ( const row of data.query.allmessages ) {
				if ( !row.missing ) {
					texts[ row.name ] = row.content;
				}
			}
			return texts;
		} );
	}

	loadMessages( messages, parameters ) {
		return this.getMessages( messages, parameters ).then( ( texts ) => mw.messages.set( texts ) );
	}

	loadMessagesIfMissing( messages, parameters ) {
		const missing = messages.filter( ( key ) => !mw.messages.exists( key ) );
		return missing.length ? this.loadMessages( missing, parameters ) : $.Deferred().resolve().promise();
	}

	// Oneself.

	getUserInfo() {
		return this.get( { action: 'query', meta: 'userinfo', uiprop: [ 'groups', 'rights' ] } ).then( ( data ) => data.query.userinfo );
	}

	saveOption( name, value ) {
		return this.saveOptions( { [ name ]: value } );
	}

	saveOptions( options ) {
		if ( mw.user.isAnon() ) {
			return $.Deferred().reject( 'notloggedin' ).promise();
		}
		const changes = Object.keys( options ).map( ( name ) => options[ name ] === null ? name : `${ name }=${ options[ name ] }` );
		return this.postWithEditToken( { action: 'options', change: '\x1f' + changes.join( '\x1f' ) } );
	}

	login( username, password ) {
		return this.getToken( 'login' ).then( ( token ) => this.post( { action: 'login', lgname: username, lgpassword: password, lgtoken: token } ) )
			.then( ( data ) => data.login.result === 'Success' ? data : $.Deferred().reject( data.login.result, data ) );
	}

	// Files. A pretend wiki keeps none, and says so when it is asked.

	/** A file, or a field with one; the parameters are those of action=upload. */
	upload( file, parameters ) {
		const given = file instanceof Blob ? file : file && file.files && file.files[ 0 ];
		if ( !given ) {
			return $.Deferred().reject( 'nofile' ).promise();
		}
		return this.postWithEditToken( Object.assign( { action: 'upload', filename: given.name, file: given }, parameters ), { contentType: 'multipart/form-data' } );
	}

	uploadToStash( file, parameters ) {
		return this.upload( file, Object.assign( { stash: true }, parameters ) );
	}

	chunkedUpload( file, parameters ) {
		return this.upload( file, parameters );
	}
}

mw.Api = Api;
module.exports = Api;
