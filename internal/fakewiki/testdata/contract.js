async ( farSource, downSource ) => {
	const results = [];
	const is = ( got, want, what = '' ) => {
		const a = JSON.stringify( got ), b = JSON.stringify( want );
		if ( a !== b ) {
			throw new Error( `${ what } is ${ a }, not ${ b }` );
		}
	};
	const check = async ( Name, run ) => {
		try {
			await Promise.race( [ run(), new Promise( ( resolve, reject ) => setTimeout( () => reject( new Error( 'took too long' ) ), 10000 ) ) ] );
			results.push( { Name, Error: '' } );
		} catch ( e ) {
			results.push( { Name, Error: String( e && e.message || JSON.stringify( e ) ) } );
		}
	};
	const until = async ( test ) => {
		while ( !test() ) {
			await new Promise( ( resolve ) => setTimeout( resolve, 10 ) );
		}
	};
	const rejected = ( promise ) => promise.then( () => {
		throw new Error( 'was not rejected' );
	}, ( ...args ) => args[ 0 ] );

	await check( 'the site script runs before the user script', async () => is( window.order.slice( 0, 2 ), [ 'site', 'user' ] ) );
	await check( 'site scripts run in the global scope', async () => is( window.siteGlobal, 1 ) );
	await check( 'importScript loads a page once', async () => {
		await until( () => window.moreLoaded );
		is( importScript( 'User:Mara/more.js' ), null );
	} );
	await check( 'importStylesheet applies a page', async () => until( () => getComputedStyle( $( '#contentSub2' )[ 0 ] ).color === 'rgb(7, 7, 7)' ) );
	await check( 'a source and its modules can be registered after start-up', async () => {
		mw.loader.addSource( { far: farSource } );
		mw.loader.register( [
			[ 'far.package', 'v1', [ 'mediawiki.util' ], null, 'far' ],
			[ 'far.plain', 'v1', [ 0 ], null, 'far' ],
			[ 'far.old', 'v1', [], null, 'far' ],
			[ 'far.throws', 'v1', [], null, 'far' ],
			[ 'far.above', 'v1', [ 'far.throws' ], null, 'far' ],
			[ 'far.text', 'v1', [], null, 'far' ],
			[ 'far.needs', 'v1', [ 'far.first' ], null, 'far' ],
			[ 'far.first', 'v1', [], null, 'far' ],
			[ 'far.styled', 'v1', [], null, 'far' ],
			[ 'far.gone', 'v1', [], null, 'far' ],
			[ 'far.orphan', 'v1', [ 'no.such.module' ], null, 'far' ],
			[ 'far.circle', 'v1', [ 'far.circle2' ], null, 'far' ],
			[ 'far.circle2', 'v1', [ 'far.circle' ], null, 'far' ],
			[ 'far.skipped', 'v1', [], null, 'far', 'return true;' ]
		] );
		is( mw.loader.getState( 'far.plain' ), 'registered' );
		is( mw.loader.getState( 'far.unknown' ), null );
	} );
	await check( 'a source registered twice throws', async () => {
		try {
			mw.loader.addSource( { far: farSource } );
		} catch ( e ) {
			return is( e.message, 'source already registered: far' );
		}
		throw new Error( 'did not throw' );
	} );
	await check( 'a module registered twice throws and stops the rest', async () => {
		try {
			mw.loader.register( [ [ 'far.plain', 'v1' ], [ 'far.after', 'v1' ] ] );
		} catch ( e ) {
			is( e.message, 'module already registered: far.plain' );
			return is( mw.loader.getState( 'far.after' ), null );
		}
		throw new Error( 'did not throw' );
	} );
	await check( 'a package module requires its own files, JSON and other modules', async () => {
		const require = await mw.loader.using( 'far.package' );
		is( require( 'far.package' ), { sum: 42, again: true, util: true, twice: { n: 2 } } );
	} );
	await check( 'a plain module gets jQuery, require and a scope of its own', async () => {
		const require = await mw.loader.using( [ 'far.plain' ] );
		is( require( 'far.plain' ), { jquery: true, far: 42, private: 'undefined' } );
	} );
	await check( 'implement works beside impl and brings styles and messages', async () => {
		await mw.loader.using( 'far.old' );
		is( mw.msg( 'far-old-text', 'you' ), 'Hello you' );
		const node = $( '<i id="far-old">' ).appendTo( 'body' )[ 0 ];
		is( getComputedStyle( node ).color, 'rgb(1, 2, 3)' );
	} );
	await check( 'styles are there before the script runs', async () => {
		const require = await mw.loader.using( 'far.styled' );
		is( require( 'far.styled' ), 'rgb(9, 8, 7)' );
	} );
	await check( 'dynamic styles come before those of the site', async () => {
		const marker = document.querySelector( 'meta[name="ResourceLoaderDynamicStyles"]' );
		const style = [ ...document.querySelectorAll( 'style' ) ].find( ( s ) => s.textContent.includes( 'outline-color:rgb(9' ) );
		is( Boolean( style.compareDocumentPosition( marker ) & Node.DOCUMENT_POSITION_FOLLOWING ), true );
	} );
	await check( 'a string module runs in the global scope', async () => {
		await mw.loader.using( 'far.text' );
		is( window.farGlobal, 'global' );
	} );
	await check( 'dependencies run first', async () => {
		await mw.loader.using( 'far.needs' );
		is( window.order.slice( -2 ), [ 'first', 'needs' ] );
	} );
	await check( 'a module that throws is an error, and so is what needs it', async () => {
		is( ( await rejected( mw.loader.using( 'far.above' ) ) ).message, 'Failed dependency: far.throws' );
		is( [ mw.loader.getState( 'far.throws' ), mw.loader.getState( 'far.above' ), window.farAbove ], [ 'error', 'error', undefined ] );
	} );
	await check( 'a module the server does not have is missing', async () => {
		await rejected( mw.loader.using( 'far.gone' ) );
		is( mw.loader.getState( 'far.gone' ), 'missing' );
	} );
	await check( 'unknown modules and circles reject', async () => {
		is( ( await rejected( mw.loader.using( 'no.such.module' ) ) ).message, 'Unknown module: no.such.module' );
		is( ( await rejected( mw.loader.using( 'far.circle' ) ) ).message.startsWith( 'Circular reference detected' ), true );
	} );
	await check( 'loading something with an unknown dependency is skipped silently', async () => {
		mw.loader.load( 'far.orphan' );
		mw.loader.load( [ 'no.such.module' ] );
		is( mw.loader.getState( 'far.orphan' ), 'registered' );
	} );
	await check( 'a skip function makes a module ready unfetched', async () => {
		await mw.loader.using( 'far.skipped' );
		is( mw.loader.getState( 'far.skipped' ), 'ready' );
	} );
	await check( 'a server that does not answer makes errors', async () => {
		mw.loader.addSource( { down: downSource } );
		mw.loader.register( 'down.module', '', [], null, 'down' );
		await rejected( mw.loader.using( 'down.module' ) );
		is( mw.loader.getState( 'down.module' ), 'error' );
	} );
	await check( 'state() and impl() register unknown names', async () => {
		mw.loader.state( { 'made.up': 'ready' } );
		mw.loader.impl( () => [ 'made.up2@x', ( $, jQuery, require, module ) => {
			module.exports = 3;
		} ] );
		await until( () => mw.loader.getState( 'made.up2' ) === 'ready' );
		is( [ mw.loader.getState( 'made.up' ), mw.loader.require( 'made.up2' ) ], [ 'ready', 3 ] );
	} );
	await check( 'require refuses what is not loaded', async () => {
		try {
			mw.loader.require( 'far.orphan' );
		} catch ( e ) {
			return;
		}
		throw new Error( 'did not throw' );
	} );
	await check( 'load() takes addresses of scripts and styles', async () => {
		mw.loader.load( mw.config.get( 'wgScript' ) + '?title=User:Mara/more.css&action=raw&ctype=text/css', 'text/css' );
		window.moreLoaded = false;
		mw.loader.load( mw.config.get( 'wgScript' ) + '?title=User:Mara/more.js&action=raw&ctype=text/javascript&x=1' );
		await until( () => window.moreLoaded );
	} );
	await check( 'getScript loads a script', async () => {
		window.moreLoaded = false;
		await mw.loader.getScript( mw.config.get( 'wgScript' ) + '?title=User:Mara/more.js&action=raw&ctype=text/javascript' );
		is( window.moreLoaded, true );
	} );
	await check( 'what the wiki has not is missing honestly', async () => {
		is( [ mw.loader.getState( 'moment' ), mw.loader.getState( 'ext.visualEditor.core' ) ], [ null, null ] );
	} );
	await check( 'RLQ takes functions and entries with dependencies', async () => {
		const seen = [];
		RLQ.push( () => seen.push( 1 ) );
		RLQ.push( [ [ 'mediawiki.util' ], () => seen.push( 2 ) ] );
		await until( () => seen.length === 2 );
	} );
	await check( 'mw.hook remembers what was fired last', async () => {
		const got = [];
		mw.hook( 'test.memory' ).fire( 1, 2 ).fire( 3, 4 );
		mw.hook( 'test.memory' ).add( ( a, b ) => got.push( [ a, b ] ) );
		mw.hook( 'test.memory' ).fire( 5 );
		is( got, [ [ 3, 4 ], [ 5, undefined ] ] );
		const content = [];
		mw.hook( 'wikipage.content' ).add( ( $c ) => content.push( $c.attr( 'id' ) ) );
		is( content, [ 'mw-content-text' ] );
	} );
	await check( 'mw.track reaches earlier and later subscribers by prefix', async () => {
		const got = [];
		mw.track( 'test.topic.a', 1 );
		mw.trackSubscribe( 'test.topic.', ( topic, data ) => got.push( topic + data ) );
		mw.track( 'test.topic.b', 2 );
		is( got, [ 'test.topic.a1', 'test.topic.b2' ] );
	} );
	await check( 'mw.config holds what the page says', async () => {
		is( mw.config.get( [ 'wgPageName', 'wgNamespaceNumber', 'wgUserName', 'wgAction', 'wgUserGroups', 'nothing' ] ),
			{ wgPageName: 'Main_Page', wgNamespaceNumber: 0, wgUserName: 'Mara', wgAction: 'view', wgUserGroups: [ '*', 'user', 'autoconfirmed' ], nothing: null } );
		is( [ mw.config.exists( 'wgServer' ), mw.config.get( 'nothing', 5 ), mw.config.get( 'skin' ) ], [ true, 5, 'vector' ] );
	} );
	await check( 'mw.message fills, escapes and parses', async () => {
		mw.messages.set( { 'test-a': 'A <b>$1</b> & $2 $3' } );
		is( [ mw.message( 'test-a', '<x>', 2 ).plain(), mw.message( 'test-a', 1, 2 ).escaped(), mw.message( 'nope' ).exists(), mw.msg( 'nope' ) ],
			[ 'A <b><x></b> & 2 $3', 'A &lt;b&gt;1&lt;/b&gt; &amp; 2 $3', false, '⧼nope⧽' ] );
		await new mw.Api().loadMessages( [ 'greeting' ] );
		await mw.loader.using( 'mediawiki.jqueryMsg' );
		is( mw.message( 'greeting', '<Mara>', 3 ).parse(), 'Hello &lt;Mara&gt;, 3 pages &amp; <b>more</b> of <a title="Main Page" href="/wiki/Main_Page">it</a>' );
		is( mw.message( 'greeting', 'x', 1 ).text().slice( 0, 17 ), 'Hello x, one page' );
	} );
	await check( 'mw.html builds elements', async () => {
		is( mw.html.element( 'a', { href: '?a&b', hidden: true, title: false }, '<x>' ), '<a href="?a&amp;b" hidden="hidden">&lt;x&gt;</a>' );
	} );
	await check( 'mw.util knows addresses', async () => {
		is( [ mw.util.getUrl( 'User:Mara/a b?' ), mw.util.getUrl( 'X#y z', { action: 'edit' } ), mw.util.getParamValue( 'b' ), mw.util.getParamValue( 'c' ), mw.util.wikiScript( 'api' ) ],
			[ '/wiki/User:Mara/a_b%3F', '/w/index.php?title=X&action=edit#y_z', 'x y', null, '/w/api.php' ] );
		is( [ '1.2.3.4', '1.2.3', '::1', '1::2::3', '2001:db8:0:0:0:0:0:1', 'Mara' ].map( ( ip ) => mw.util.isIPAddress( ip ) ), [ true, false, true, false, true, false ] );
	} );
	await check( 'mw.util adds portlet links', async () => {
		const li = mw.util.addPortletLink( 'p-tb', '/x', 'Second', 't-second', 'tip' );
		const first = mw.util.addPortletLink( 'p-tb', '/y', 'First', 't-first', null, null, '#t-second' );
		is( [ li.id, first.nextSibling.id, $( li ).find( 'a' ).attr( 'title' ), mw.util.addPortletLink( 'p-nothing', '#', 'x' ) ], [ 't-second', 't-second', 'tip', null ] );
		const sheet = mw.util.addCSS( '#t-first { color: rgb(3, 3, 3); }' );
		is( [ getComputedStyle( first ).color, sheet.cssRules.length ], [ 'rgb(3, 3, 3)', 1 ] );
	} );
	await check( 'mw.user knows who reads', async () => {
		await mw.loader.using( 'mediawiki.user' );
		is( [ mw.user.getName(), mw.user.isAnon(), mw.user.isNamed(), ( await mw.user.getGroups() ).includes( 'user' ), ( await mw.user.getRights() ).includes( 'edit' ), mw.user.options.get( 'gender' ), mw.user.generateRandomSessionId().length ],
			[ 'Mara', false, true, true, true, 'unknown', 20 ] );
	} );
	await check( 'mw.Api edits a page', async () => {
		const api = new mw.Api();
		is( ( await api.create( 'Sandbox', { summary: 's' }, 'first' ) ).result, 'Success' );
		is( ( await api.edit( 'Sandbox', ( r ) => r.content + '\nsecond' ) ).result, 'Success' );
		is( await rejected( api.create( 'Sandbox', {}, 'third' ) ), 'articleexists' );
		const data = await api.get( { action: 'query', titles: [ 'Sandbox', 'Nothing' ], prop: [ 'revisions' ], rvprop: 'content', rvslots: 'main', formatversion: 2 } );
		is( data.query.pages.map( ( p ) => p.missing || p.revisions[ 0 ].slots.main.content ), [ true, 'first\nsecond' ] );
	} );
	await check( 'mw.Api replaces a stale token once', async () => {
		const api = new mw.Api();
		api.badToken( 'csrf' );
		mw.user.tokens.set( 'csrfToken', 'stale+\\' );
		is( ( await api.postWithToken( 'csrf', { action: 'edit', title: 'Sandbox', nocreate: true, text: 'first\nsecond' } ) ).edit.result, 'Success' );
	} );
	await check( 'mw.Api saves options, parses and aborts', async () => {
		const api = new mw.Api();
		await api.saveOption( 'userjs-test', 'a|b' );
		const options = ( await api.get( { action: 'query', meta: 'userinfo', uiprop: 'options' } ) ).query.userinfo.options;
		is( options[ 'userjs-test' ], 'a|b' );
		is( ( await api.parse( '\'\'x\'\'' ) ).includes( '<p><i>x</i>' ), true );
		const pending = api.get( { action: 'query', meta: 'userinfo' } );
		pending.abort();
		is( await rejected( pending ), 'http' );
	} );
	await check( 'mw.Title reads page names', async () => {
		const t = mw.Title.newFromText( 'user talk:mara/common.js#x' );
		is( [ t.getPrefixedText(), t.getPrefixedDb(), t.getNamespaceId(), t.getMainText(), t.getFragment(), t.getExtension(), t.getSubjectPage().getPrefixedText(), t.getUrl() ],
			[ 'User talk:Mara/common.js', 'User_talk:Mara/common.js', 3, 'Mara/common.js', 'x', 'js', 'User:Mara/common.js', '/wiki/User_talk:Mara/common.js#x' ] );
		is( [ mw.Title.newFromText( 'a<b' ), mw.Title.newFromText( '' ), mw.Title.newFromText( 'User:' ) ], [ null, null, null ] );
	} );
	await check( 'mw.Uri takes addresses apart', async () => {
		await mw.loader.using( 'mediawiki.Uri' );
		const uri = new mw.Uri( 'https://a.example:8080/w/x?b=c%20d&e=1#f' );
		uri.extend( { g: 'h i' } );
		is( [ uri.host, uri.port, uri.query.b, uri.fragment, uri.toString() ], [ 'a.example', '8080', 'c d', 'f', 'https://a.example:8080/w/x?b=c+d&e=1&g=h+i#f' ] );
	} );
	await check( 'mw.storage keeps values and objects', async () => {
		await mw.loader.using( 'mediawiki.storage' );
		mw.storage.setObject( 'test', { a: 1 } );
		mw.storage.session.set( 'test', 'x' );
		is( [ mw.storage.getObject( 'test' ), mw.storage.session.get( 'test' ), mw.storage.get( 'none' ) ], [ { a: 1 }, 'x', null ] );
	} );
	await check( 'mw.notify shows a message', async () => {
		const told = await mw.notify( 'Be <b>aware</b>', { type: 'warn' } );
		is( $( '.mw-notification-type-warn .mw-notification-content' ).html(), 'Be &lt;b&gt;aware&lt;/b&gt;' );
		is( [ told.close, typeof mw.notification.notify( 'Again' ).close ], [ undefined, 'function' ] ); // 1.39 gives require
	} );
	await check( 'a Vue component with a template mounts', async () => {
		mw.messages.set( 'test-vue', 'Count: $1' );
		const require = await mw.loader.using( 'vue' );
		const Vue = require( 'vue' );
		const node = $( '<div>' ).appendTo( 'body' )[ 0 ];
		const app = Vue.createMwApp( { template: '<button @click="n++">{{ $i18n( "test-vue", n ).text() }}</button>', data: () => ( { n: 1 } ) } );
		app.mount( node );
		node.querySelector( 'button' ).click();
		await Vue.nextTick();
		is( node.textContent, 'Count: 2' );
		is( window.Vue, undefined );
	} );
	await check( 'modules of one source and group share a request', async () => {
		const before = performance.getEntriesByType( 'resource' ).filter( ( e ) => e.name.startsWith( farSource ) ).map( ( e ) => new URL( e.name ).searchParams );
		is( before.some( ( p ) => p.get( 'modules' ) === 'far.package,plain' || p.get( 'modules' ) === 'far.first,needs' ), true );
		is( before.every( ( p ) => p.get( 'version' ).length === 5 && p.get( 'lang' ) === 'en' && p.get( 'skin' ) === 'vector' ), true );
	} );
	return results;
}
