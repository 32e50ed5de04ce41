// The parts of mw.user that must be there before mediawiki.user: preferences and tokens, which come with the page.

class UserOptions extends mw.Map {}

mw.user = {
	options: new UserOptions(),
	tokens: new mw.Map()
};
mw.config.set( 'skin', startupValues.skin );
mw.config.set( 'wgUserLanguage', startupValues.lang );
mw.user.options.set( startupValues.options );
