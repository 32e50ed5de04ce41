// jquery.client: which browser this is.

const version = ( navigator.userAgent.match( /Chrome\/(\d+)/ ) || [ 0, '0' ] )[ 1 ];
$.client = {
	profile: () => ( { name: 'chrome', layout: 'webkit', layoutVersion: 537, platform: 'linux', version: version + '.0', versionBase: version, versionNumber: Number( version ) } ),
	test: () => true
};
module.exports = $.client;
