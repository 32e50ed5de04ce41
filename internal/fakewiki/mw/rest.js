// mw.Rest: the REST API with jQuery promises.

class Rest {
	constructor( options = {} ) {
		this.defaults = options;
		this.url = mw.config.get( 'wgScriptPath' ) + '/rest.php';
	}

	ajax( path, options ) {
		const deferred = $.Deferred();
		const xhr = $.ajax( Object.assign( { url: this.url + path, dataType: 'json' }, this.defaults.ajax, options ) )
			.done( ( result, textStatus, jqXHR ) => deferred.resolve( result, jqXHR ) )
			.fail( ( jqXHR, textStatus, exception ) => deferred.reject( 'http', { xhr: jqXHR, textStatus, exception } ) );
		return deferred.promise( { abort: xhr.abort } );
	}

	get( path, query, headers, options ) {
		return this.ajax( path, Object.assign( { type: 'GET', data: query, headers }, options ) );
	}

	post( path, body, headers, options ) {
		return this.send( 'POST', path, body, headers, options );
	}

	put( path, body, headers, options ) {
		return this.send( 'PUT', path, body, headers, options );
	}

	delete( path, body, headers, options ) {
		return this.send( 'DELETE', path, body, headers, options );
	}

	send( type, path, body, headers, options ) {
		return this.ajax( path, Object.assign( { type, data: JSON.stringify( body || {} ), contentType: 'application/json', headers }, options ) );
	}

	abort() {}
}
mw.Rest = Rest;
