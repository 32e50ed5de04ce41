// mediawiki.user: who reads this page.

let pageviewToken = null;
let userInfo = null;

const randomHex = ( bytes ) => [ ...crypto.getRandomValues( new Uint8Array( bytes ) ) ].map( ( b ) => b.toString( 16 ).padStart( 2, '0' ) ).join( '' );
const info = () => {
	if ( !userInfo ) {
		userInfo = new mw.Api().get( { action: 'query', meta: 'userinfo', uiprop: [ 'groups', 'rights' ], formatversion: 2 } )
			.then( ( data ) => data.query.userinfo );
	}
	return userInfo;
};

Object.assign( mw.user, {
	getName: () => mw.config.get( 'wgUserName' ),
	getId: () => mw.config.get( 'wgUserId' ) || 0,
	isAnon: () => mw.user.getName() === null,
	isNamed: () => !mw.user.isAnon() && !mw.user.isTemp(),
	isTemp: () => mw.config.get( 'wgUserIsTemp' ) || false,
	getRegistration: () => mw.user.isAnon() ? false : new Date( mw.config.get( 'wgUserRegistration' ) ),
	getFirstRegistration: () => mw.user.getRegistration(),
	id: () => mw.user.getName() || mw.user.sessionId(),
	generateRandomSessionId: () => randomHex( 10 ),
	getPageviewToken: () => pageviewToken || ( pageviewToken = mw.user.generateRandomSessionId() ),
	sessionId() {
		let id = mw.cookie.get( 'mwuser-sessionId' );
		if ( !id ) {
			id = mw.user.generateRandomSessionId();
			mw.cookie.set( 'mwuser-sessionId', id, { expires: null } );
		}
		return id;
	},
	getGroups: ( callback ) => info().then( ( i ) => i.groups, () => [] ).then( ( groups ) => {
		if ( callback ) {
			callback( groups );
		}
		return groups;
	} ),
	getRights: ( callback ) => info().then( ( i ) => i.rights, () => [] ).then( ( rights ) => {
		if ( callback ) {
			callback( rights );
		}
		return rights;
	} ),
	clientPrefs: { get: () => false, set: () => false }
} );
module.exports = mw.user;
