// Vue with the two additions MediaWiki makes: createMwApp, and $i18n for interface texts.

const i18n = {
	install( app ) {
		app.config.globalProperties.$i18n = ( key, ...parameters ) => mw.message( key, ...parameters );
		app.provide( 'i18n', app.config.globalProperties.$i18n );
		app.directive( 'i18n-html', ( element, binding ) => {
			const value = binding.value;
			element.innerHTML = value instanceof mw.Message ? value.parse() : mw.message( binding.arg || value, ...( binding.arg && value || [] ) ).parse();
		} );
	}
};
Vue.useI18n = () => ( key, ...parameters ) => mw.message( key, ...parameters );
Vue.createMwApp = ( ...args ) => Vue.createApp( ...args ).use( i18n );
module.exports = Vue;
